{ expect: AC }
{$mode objfpc}{$H+}
uses classes, sysutils;

type
  TGroup = record
    word: string;
    count: integer;
  end;

var
  k, n, i: integer;
  line, word: string;
  words: TStringList;
  groups: array of TGroup;

function before(const a, b: TGroup): boolean;
begin
  before := (a.count > b.count) or (a.count = b.count) and (a.word < b.word);
end;

procedure sort(low, high: integer);
var
  i, j: integer;
  middle, kept: TGroup;
begin
  i := low; j := high; middle := groups[(low + high) div 2];
  while i <= j do begin
    while before(groups[i], middle) do inc(i);
    while before(middle, groups[j]) do dec(j);
    if i <= j then begin
      kept := groups[i]; groups[i] := groups[j]; groups[j] := kept;
      inc(i); dec(j);
    end;
  end;
  if low < j then sort(low, j);
  if i < high then sort(i, high);
end;

begin
  readln(k);
  words := TStringList.Create;
  words.CaseSensitive := true;
  words.UseLocale := false;
  while not eof do begin
    readln(line);
    for word in line.split([' ']) do
      if word <> '' then words.add(word);
  end;
  words.sort;
  n := 0;
  setlength(groups, words.count + 1);
  for i := 0 to words.count - 1 do begin
    if (n = 0) or (groups[n - 1].word <> words[i]) then begin
      groups[n].word := words[i];
      inc(n);
    end;
    inc(groups[n - 1].count);
  end;
  if n > 1 then sort(0, n - 1);
  for i := 0 to n - 1 do
    if i < k then writeln(groups[i].word, ' ', groups[i].count);
end.
