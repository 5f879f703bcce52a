# expect: WTL
sleep 60
