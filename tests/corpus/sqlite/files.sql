-- A database in a file: attach, journal modes, write-ahead log, vacuum, backup, sorts that leave memory, the shell.
.mode list
ATTACH '/tmp/corpus.db' AS f;
PRAGMA f.journal_mode = WAL;
CREATE TABLE f.t (i INTEGER PRIMARY KEY, blob BLOB);
BEGIN;
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3000) INSERT INTO f.t SELECT i, zeroblob(1000) FROM c;
COMMIT;
SELECT 'wal', count(*), sum(length(blob)) FROM f.t;
PRAGMA f.wal_checkpoint(TRUNCATE);
PRAGMA f.journal_mode = DELETE;
DELETE FROM f.t WHERE i % 2;
VACUUM f;
PRAGMA f.page_count;
SELECT 'left', count(*) FROM f.t;
PRAGMA f.integrity_check;
VACUUM f INTO '/tmp/corpus-copy.db';
DETACH f;
ATTACH '/tmp/corpus-copy.db' AS c;
SELECT 'copy', count(*) FROM c.t;
PRAGMA temp_store = FILE;
PRAGMA cache_size = 20;
CREATE TEMP TABLE big AS WITH RECURSIVE x(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM x WHERE i < 30000) SELECT i, i * 48271 % 65537 AS k, zeroblob(100) AS z FROM x;
SELECT 'sorted', k FROM big ORDER BY k, z LIMIT 1 OFFSET 15000;
.shell echo from the shell; ls /tmp/corpus.db
.system rm /tmp/corpus.db /tmp/corpus-copy.db
