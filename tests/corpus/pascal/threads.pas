// Threads, critical sections, events, thread variables, exceptions that cross procedures, classes, dynamic arrays.
{$mode objfpc}{$H+}
program threads;
uses cthreads, classes, sysutils, syncobjs;
type
  TAdder = class(TThread)
    own: integer;
    procedure Execute; override;
  end;
threadvar mine: integer;
var
  section: TRTLCriticalSection;
  total, done: longint;
  ready: TEvent;
procedure TAdder.Execute;
var i: integer;
begin
  mine := own;
  ready.WaitFor(60000);
  for i := 1 to 2000 do begin
    EnterCriticalSection(section);
    total := total + 1;
    LeaveCriticalSection(section);
  end;
  if mine = own then InterlockedIncrement(done);
  if own = 13 then raise Exception.Create('in a thread');
end;
procedure deep(n: integer);
var text: string;
begin
  text := IntToStr(n);
  try
    if n = 0 then raise ERangeError.Create('from the bottom');
    deep(n - 1);
  finally
    if text <> '' then Inc(total);
  end;
end;
var
  all: array[0..19] of TAdder;
  i, failed, zero: integer;
  numbers: array of longint;
  list: TStringList;
begin
  InitCriticalSection(section);
  ready := TEvent.Create(nil, true, false, '');
  for i := 0 to 19 do begin
    all[i] := TAdder.Create(true);
    all[i].own := i;
    all[i].Start;
  end;
  ready.SetEvent;
  failed := 0;
  for i := 0 to 19 do begin
    all[i].WaitFor;
    if all[i].FatalException <> nil then Inc(failed);
    all[i].Free;
  end;
  writeln('guarded ', total, ' ', done, ' ', failed);
  total := 0;
  try deep(500); except on e: ERangeError do writeln(e.Message, ' ', total); end;
  zero := 0;
  try writeln(1 div zero); except on e: EDivByZero do writeln('divided by zero'); end;
  try PInteger(nil)^ := 1; except on e: EAccessViolation do writeln('access violation'); end;
  for i := 1 to 30 do begin SetLength(numbers, 0); SetLength(numbers, 2000000); numbers[i] := i; end;
  writeln('array ', Length(numbers), ' ', numbers[30]);
  list := TStringList.Create;
  list.Sorted := true;
  list.Duplicates := dupIgnore;
  for i := 1 to 50000 do list.Add('word' + IntToStr(i * 7919 mod 997));
  writeln('words ', list.Count, ' ', list[0], ' ', list.IndexOf('word7') >= 0);
  list.Free;
  DoneCriticalSection(section);
  ready.Free;
end.
