# expect: WA
# Writes to whoever looks at the table.
print "\e[2J\e[1;31m<script>alert(1)</script>\xff\0\n";
