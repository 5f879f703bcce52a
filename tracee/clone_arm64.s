#include "textflag.h"

// func cloneOnto(flags, stack uintptr, third *int32, p *plan, entry uintptr) uintptr
TEXT ·cloneOnto(SB), NOSPLIT, $0-48
	MOVD flags+0(FP), R0
	MOVD stack+8(FP), R1
	MOVD third+16(FP), R2
	MOVD p+24(FP), R10
	MOVD entry+32(FP), R11
	MOVD $0, R3
	MOVD $0, R4
	MOVD $220, R8 // clone
	SVC
	CBZ  R0, child
	MOVD R0, ret+40(FP)
	RET

child:
	MOVD $0, R29
	MOVD R10, R0 // the argument, as ABIInternal has it; there is room on the stack for its spilling, and R28 is g
	BL   (R11)
	BRK

// func clone3Onto(args *cloneArgs, size uintptr, p *plan, entry uintptr) uintptr
TEXT ·clone3Onto(SB), NOSPLIT, $0-40
	MOVD args+0(FP), R0
	MOVD size+8(FP), R1
	MOVD p+16(FP), R10
	MOVD entry+24(FP), R11
	MOVD $435, R8 // clone3
	SVC
	CBZ  R0, child
	MOVD R0, ret+32(FP)
	RET

child:
	MOVD $0, R29
	MOVD R10, R0 // as above
	BL   (R11)
	BRK

// func cas(word *uint32, old, new uint32) bool
TEXT ·cas(SB), NOSPLIT, $0-17
	MOVD word+0(FP), R0
	MOVW old+8(FP), R1
	MOVW new+12(FP), R2
again:
	LDAXRW (R0), R3
	CMPW R1, R3
	BNE  done
	STLXRW R2, (R0), R4
	CBNZ R4, again
done:
	CSET EQ, R5
	MOVB R5, ret+16(FP)
	RET
