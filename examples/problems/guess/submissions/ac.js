// expect: AC
let low = 1, high = 0, rest = "";
process.stdin.on("data", data => {
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const line of lines) {
        if (line === "correct")
            process.exit(0);
        const middle = Math.floor((low + high) / 2);
        if (line === "higher")
            low = middle + 1;
        else if (line === "lower")
            high = middle - 1;
        else
            high = Number(line);
        process.stdout.write(Math.floor((low + high) / 2) + "\n");
    }
});
