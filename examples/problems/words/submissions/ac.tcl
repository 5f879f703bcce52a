# expect: AC
gets stdin k
set counts [dict create]
foreach word [read stdin] { dict incr counts $word }
set order {}
dict for {word count} $counts { lappend order [list $word $count] }
set order [lsort -integer -decreasing -index 1 [lsort -index 0 $order]]
foreach pair [lrange $order 0 [expr {$k - 1}]] { puts $pair }
