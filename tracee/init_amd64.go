package tracee

// initFile is the program of process 1: an ELF file that sleeps until it is killed.
var initFile = elfFile(0x3e, []byte{
	0xb8, 0x22, 0, 0, 0, // mov $34 (pause), %eax
	0x0f, 0x05, // syscall
	0xeb, 0xf7, // jmp to the beginning
})
