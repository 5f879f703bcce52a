#!/bin/sh
# expect: AC
# Six processes side by side.
read -r k
tr ' ' '\n' | grep . | sort | uniq -c | sort -k1,1nr -k2 | awk -v k="$k" 'NR <= k { print $2, $1 }'
