package calls

// Signals.
var signalsSets = []set{
	{of: maskHow, bits: 32, enum: []value{
		{0, "SIG_BLOCK"}, {1, "SIG_UNBLOCK"}, {2, "SIG_SETMASK"},
	}},
	{of: actionFlags, bits: 64, flags: []value{
		{0x1, "SA_NOCLDSTOP"}, {0x2, "SA_NOCLDWAIT"}, {0x4, "SA_SIGINFO"}, {0x400, "SA_UNSUPPORTED"},
		{0x800, "SA_EXPOSE_TAGBITS"}, {0x04000000, "SA_RESTORER"}, {0x08000000, "SA_ONSTACK"}, {0x10000000, "SA_RESTART"},
		{0x40000000, "SA_NODEFER"}, {0x80000000, "SA_RESETHAND"},
	}},
	{of: handlerAddress, bits: 64, enum: []value{
		{0, "SIG_DFL"}, {1, "SIG_IGN"},
	}},
}
