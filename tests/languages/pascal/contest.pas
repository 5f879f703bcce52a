{ What contest programs do, and what hostile ones try; ../README.md has the list. }
program contest;
{$mode objfpc}{$H+}
uses cthreads, classes, sysutils, baseunix, unix, sockets;

var
  seed: int64 = 42;
  total: int64 = 0;
  lock: TRTLCriticalSection;

function next: int64;
begin
  seed := seed * 48271 mod 2147483647;
  next := seed;
end;

procedure input;
var
  n, i, v, sum, max: int64;
begin
  sum := 0; max := 0;
  readln(n);
  for i := 1 to n do
  begin
    readln(v);
    sum := sum + v;
    if v > max then max := v;
  end;
  writeln(n, ' ', sum, ' ', max);
end;

function deep(n: longint): longint;
begin
  if n = 0 then deep := 0 else deep := 1 + deep(n - 1);
end;

function add(which: pointer): ptrint;
var
  k, sum: int64;
begin
  sum := 0;
  for k := 1 to 10000 do sum := sum + k * int64(ptrint(which));
  EnterCriticalSection(lock);
  total := total + sum;
  LeaveCriticalSection(lock);
  add := 0;
end;

procedure threads;
var
  i: ptrint;
  t: array[0..3] of TThreadID;
begin
  InitCriticalSection(lock);
  for i := 0 to 3 do t[i] := BeginThread(@add, pointer(i));
  for i := 0 to 3 do WaitForThreadTerminate(t[i], 0);
  writeln(total);
end;

procedure exceptions;
var
  i, count, zero: longint;
  p: plongint;
begin
  count := 0; zero := 0; p := nil;
  for i := 1 to 1000 do
    try
      case i mod 3 of
        0: raise Exception.Create('thrown');
        1: count := count + i div zero;
        2: p^ := 1;
      end;
    except
      on e: Exception do count := count + 1;
    end;
  writeln(count);
end;

procedure bignum;
var
  d: array[0..301] of longint;
  i, j, carry, sum: longint;
begin
  for j := 0 to 301 do d[j] := 0;
  d[0] := 1; sum := 0;
  for i := 1 to 1000 do
  begin
    carry := 0;
    for j := 0 to 301 do
    begin
      carry := carry + 2 * d[j];
      d[j] := carry mod 10;
      carry := carry div 10;
    end;
  end;
  for j := 0 to 301 do sum := sum + d[j];
  writeln(sum);
end;

procedure timing;
var
  start, took: qword;
begin
  start := GetTickCount64;
  sleep(20);
  took := GetTickCount64 - start;
  if (took >= 19) and (took < 60000) and (now > 0) then writeln('ok') else writeln('wrong');
end;

procedure randoms;
var
  seen: array[0..99] of boolean;
  i, count: longint;
begin
  randomize;
  count := 0;
  for i := 0 to 99 do seen[i] := false;
  for i := 1 to 1000 do seen[random(100)] := true;
  for i := 0 to 99 do if seen[i] then inc(count);
  if count > 50 then writeln('ok') else writeln('wrong');
end;

var
  v: array[0..99999] of int64;

procedure quick(l, r: longint);
var
  i, j: longint;
  p, t: int64;
begin
  i := l; j := r; p := v[(l + r) div 2];
  repeat
    while v[i] < p do inc(i);
    while v[j] > p do dec(j);
    if i <= j then begin t := v[i]; v[i] := v[j]; v[j] := t; inc(i); dec(j); end;
  until i > j;
  if l < j then quick(l, j);
  if i < r then quick(i, r);
end;

procedure sort;
var
  i: longint;
begin
  for i := 0 to 99999 do v[i] := next;
  quick(0, 99999);
  writeln(v[0], ' ', v[50000], ' ', v[99999]);
end;

procedure hash;
var
  count: array[0..999] of longint;
  i, k, keys, most: longint;
begin
  keys := 0; most := 0;
  for i := 0 to 999 do count[i] := 0;
  for i := 1 to 100000 do
  begin
    k := next mod 1000;
    if count[k] = 0 then inc(keys);
    inc(count[k]);
    if count[k] > most then most := count[k];
  end;
  writeln(keys, ' ', most);
end;

procedure output_;
var
  i: longint;
begin
  for i := 1 to 20000 do
  begin
    writeln(i);
    if i mod 1000 = 0 then flush(output);
  end;
end;

procedure answer(result: longint);
begin
  if result < 0 then writeln('refused') else writeln('made it');
end;

begin
  case ParamStr(1) of
    'input': input;
    'recursion': writeln(deep(100000));
    'threads': threads;
    'exceptions': exceptions;
    'bignum': bignum;
    'timing': timing;
    'random': randoms;
    'sort': sort;
    'hash': hash;
    'output': output_;
    'fork': answer(fpfork);
    'shell': answer(fpsystem('echo escaped'));
    'socket': answer(fpsocket(AF_INET, SOCK_STREAM, 0));
  else
    halt(2);
  end;
end.
