"""Text: normalisation, case, width, codecs, locale, file names and arguments that are not ASCII."""
import codecs
import locale
import os
import subprocess
import sys
import tempfile
import unicodedata

assert sys.getfilesystemencoding() == "utf-8" and sys.stdout.encoding.lower() == "utf-8"
print(locale.setlocale(locale.LC_ALL, "C.UTF-8"))
text = "Žluťoučký kůň — 日本語 — Ελλάς — עברית — 🎉👩‍👩‍👧"
print(text)
print(text.upper(), len(text), len(text.encode()), len(text.encode("utf-16-le")))
decomposed = unicodedata.normalize("NFD", text)
assert decomposed != text and unicodedata.normalize("NFC", decomposed) == text
print("".join(c for c in decomposed if not unicodedata.combining(c))[:13])
assert "straße".casefold() == "STRASSE".casefold()
print(unicodedata.name("ž"), unicodedata.east_asian_width("日"), unicodedata.bidirectional("ע"))
for codec in ("utf-8", "utf-16", "utf-32", "utf-7", "gb18030"):
    assert text.encode(codec).decode(codec) == text, codec
assert "kůň".encode("iso8859-2").decode("iso8859-2") == "kůň" and codecs.lookup("shift_jis").name == "shift_jis"
assert b"\xff\xfe".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape") == b"\xff\xfe"
try:
    b"\xff".decode()
except UnicodeDecodeError as error:
    print(error.reason)
print(sorted(["č", "c", "d", "á", "z", "a"], key=locale.strxfrm))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "ž日本🎉")
    open(path, "w").write(text)
    assert os.listdir(folder) == ["ž日本🎉"] and open(path).read() == text
    raw = os.path.join(os.fsencode(folder), b"\xff\xfe")
    open(raw, "w").close()
    assert "\udcff\udcfe" in os.listdir(folder)
print(subprocess.run(["printf", "%s", "ž🎉"], capture_output=True, text=True, env={**os.environ}).stdout)
print(f"{1234567.891:,.2f} {0.1 + 0.2!r} {255:#x} {'mid':*^9}")
