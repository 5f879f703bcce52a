{ expect: OLE }
{ Fills the disk. }
var
  f: text;
begin
  assign(f, 'big');
  rewrite(f);
  while true do
    writeln(f, 'word 1');
end.
