# expect: AC
low=1
read -r high
answer=
while [ "$answer" != correct ]; do
    middle=$(((low + high) / 2))
    echo "$middle"
    read -r answer
    case $answer in
    higher) low=$((middle + 1)) ;;
    lower) high=$((middle - 1)) ;;
    esac
done
