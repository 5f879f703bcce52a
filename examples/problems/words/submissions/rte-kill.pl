# expect: RTE
# Ends itself in the way of the judge.
kill 'KILL', $$;
sleep 1;
