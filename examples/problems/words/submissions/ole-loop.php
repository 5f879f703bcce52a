<?php // expect: OLE
while (true) {
    echo "word 1\n";
}
