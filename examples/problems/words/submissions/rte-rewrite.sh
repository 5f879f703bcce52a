# expect: RTE
# Makes its own source and the folder around it say something better.
{ echo 'cat /dev/null' >"$0"; } 2>/dev/null && exit 0
{ : >../program; } 2>/dev/null && exit 0
ln -s /etc/passwd work-link 2>/dev/null; { cat work-link; } 2>/dev/null && exit 0
mkdir ../more 2>/dev/null && exit 0
mv ../work ../away 2>/dev/null && exit 0
echo "cannot write" >&2
exit 1
