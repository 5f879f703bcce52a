#!/bin/sh
# expect: AC
# exec: awk takes the place of the shell, so one process is enough.
exec awk 'NR > 1 {
    for (i = 1; i <= NF; i++) {
        ending = (ending > 0 ? ending : 0) + $i
        if (n++ == 0 || ending > best)
            best = ending
    }
}
END { printf "%.0f\n", best }'
