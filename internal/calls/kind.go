package calls

// kind is what an argument means, and so how it is written. A kind that ends in In points to something that the kernel reads, one
// that ends in Out to something that it writes, which is shown when the call has returned.
type kind uint8

const (
	none kind = iota // the call takes no such argument

	// Numbers: 32 bits wide unless a longer type is named.
	fd
	dirfd
	num  // int
	unum // unsigned int
	hex  // unsigned int, best read in hexadecimal
	long
	ulong
	hexLong
	size
	off
	mode
	nodeMode // with the type of the file
	dev
	pid
	uid
	gid
	sig

	// Addresses.
	ptr
	path
	str
	argvIn
	bufferIn // the next argument is its length
	bufferOut
	offIn
	intIn
	intOut
	pairOut  // int[2]
	optionIn // bufferIn that is an int more often than not
	optionOut
	statusOut // of a child
	socketIn
	socketOut // the next argument points to its length
	messageIn
	messageOut
	vectorIn // struct iovec, the next argument is their number
	vectorOut
	timeIn // struct timespec
	timeOut
	timesIn // struct timespec[2] of utimensat
	valIn   // struct timeval
	valOut
	valsIn
	timerIn // struct itimerspec
	timerOut
	itimerIn
	itimerOut
	maskIn // sigset_t of 64 bits
	maskOut
	actionIn
	actionOut
	limitIn
	limitOut
	statOut
	statxOut
	pollIn
	epollIn
	epollOut
	lockIn
	howIn   // struct open_how
	cloneIn // struct clone_args

	// Files, directories and descriptors
	openFlags
	openHowFlags
	statusFlags
	pipeFlags
	resolveFlags
	atFlags
	unlinkFlags
	accessFlags
	accessMode
	renameFlags
	statxMask
	whence
	fcntlCommand
	descriptorFlags
	leaseType
	lockOperation
	fallocateMode
	fileAdvice
	syncRangeFlags
	spliceFlags
	ioFlags
	closeRangeFlags
	xattrFlags
	memfdFlags
	sealFlags
	ioctlCommand
	// Waiting for events
	pollEvents
	epollEvents
	epollOperation
	epollFlags
	eventFlags
	signalFlags
	timerfdFlags
	timerfdSetFlags
	inotifyFlags
	inotifyMask
	fanotifyFlags
	fanotifyMarkFlags
	// Mounts and file systems
	mountFlags
	umountFlags
	openTreeFlags
	moveMountFlags
	fsopenFlags
	fsmountFlags
	fspickFlags
	fsconfigCommand
	mountAttributes
	// Memory
	protection
	mapFlags
	remapFlags
	memoryAdvice
	msyncFlags
	mlockFlags
	mlockallFlags
	memoryPolicy
	bindPolicy
	pageMoveFlags
	keyRights
	userfaultFlags
	membarrierCommand
	// Processes, threads and their rights
	cloneFlags
	clone3Flags
	unshareFlags
	setnsFlags
	waitOptions
	waitWhich
	resource
	usageWho
	schedulingPolicy
	priorityWhich
	prctlOption
	ptraceRequest
	ptraceOptions
	seccompOperation
	seccompFlags
	seccompMode
	archPrctlCode
	futexOperation
	pidfdFlags
	pidfdSignalFlags
	compareType
	landlockRule
	landlockFlags
	// Signals
	maskHow
	actionFlags
	handlerAddress
	// Sockets
	family
	socketType
	acceptFlags
	protocol
	optionLevel
	socketOption
	tcpOption
	ipOption
	ipv6Option
	messageFlags
	shutdownHow
	// Time, IPC, devices and the rest
	clock
	timerFlags
	intervalTimer
	ipcFlags
	ipcCommand
	ipcKey
	shmFlags
	randomFlags
	rebootCommand
	bpfCommand
	keyctlOperation
	perfFlags
	ioUringEnterFlags
	moduleFlags

	kindCount
)
