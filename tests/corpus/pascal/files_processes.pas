// Files, directories, streams, processes with pipes, formats, dates, text that is not ASCII.
{$mode objfpc}{$H+}
program files_processes;
uses classes, sysutils, process, baseunix;
var
  folder, text: string;
  list: TStringList;
  stream: TFileStream;
  memory: TMemoryStream;
  found: TSearchRec;
  child: TProcess;
  i, count: integer;
  size: int64;
  status: cint;
  f: TextFile;
begin
  folder := GetTempFileName('/tmp', 'corpus');
  ForceDirectories(folder + '/a/b');
  for i := 0 to 49 do begin
    stream := TFileStream.Create(folder + '/' + IntToStr(i) + '.txt', fmCreate);
    text := StringOfChar('x', i);
    if i > 0 then stream.WriteBuffer(text[1], i);
    stream.Free;
  end;
  RenameFile(folder + '/7.txt', folder + '/a/ž日本');
  count := 0; size := 0;
  if FindFirst(folder + '/*.txt', faAnyFile, found) = 0 then
    repeat Inc(count); size := size + found.Size; until FindNext(found) <> 0;
  FindClose(found);
  writeln('files ', count, ' ', size, ' ', FileExists(folder + '/a/ž日本'));
  AssignFile(f, folder + '/lines');
  Rewrite(f);
  for i := 1 to 20000 do writeln(f, 'line ', i);
  CloseFile(f);
  list := TStringList.Create;
  list.LoadFromFile(folder + '/lines');
  writeln('lines ', list.Count, ' ', list[19999]);
  memory := TMemoryStream.Create;
  list.SaveToStream(memory);
  writeln('memory ', memory.Size);
  memory.Free; list.Free;
  fpLink(folder + '/8.txt', folder + '/hard'); fpSymlink('8.txt', pchar(folder + '/soft'));
  writeln('link ', fpReadLink(folder + '/soft'));
  try TFileStream.Create(folder + '/missing', fmOpenRead); except on e: EFOpenError do writeln('missing'); end;
  if RunCommand('/bin/sh', ['-c', 'seq 1000 | grep 7 | wc -l'], text) then writeln('pipeline ', Trim(text));
  child := TProcess.Create(nil);
  child.Executable := '/usr/bin/sort';
  child.Parameters.Add('-n');
  child.Options := [poUsePipes];
  child.Execute;
  text := '3'#10'1'#10'2'#10;
  child.Input.WriteBuffer(text[1], Length(text));
  child.CloseInput;
  SetLength(text, 6);
  child.Output.ReadBuffer(text[1], 6);
  child.WaitOnExit;
  writeln('sorted ', StringReplace(text, #10, ' ', [rfReplaceAll]), child.ExitStatus);
  child.Free;
  i := fpFork;
  if i = 0 then fpExit(5);
  fpWaitPid(i, status, 0);
  writeln('forked ', WExitStatus(status));
  writeln(Format('%d %8.3f %x %s', [42, 3.14159, 255, 'žluť']), ' ', FormatDateTime('yyyy-mm-dd', EncodeDate(2024, 2, 29)), ' ', Length(UTF8Decode('žluť')));
  RunCommand('/bin/rm', ['-r', folder], text);
  writeln('gone ', not DirectoryExists(folder));
end.
