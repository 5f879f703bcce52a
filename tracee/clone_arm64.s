#include "textflag.h"

// func cloneOnto(flags, stack uintptr, pidfd *int32, p *plan) uintptr
TEXT ·cloneOnto(SB), NOSPLIT, $0-40
	MOVD flags+0(FP), R0
	MOVD stack+8(FP), R1
	MOVD pidfd+16(FP), R2
	MOVD p+24(FP), R10
	MOVD $0, R3
	MOVD $0, R4
	MOVD $220, R8 // clone
	SVC
	CBZ  R0, child
	MOVD R0, ret+32(FP)
	RET

child:
	MOVD $0, R29
	MOVD R10, 8(RSP) // the caller left room for the argument
	BL   ·runInChild(SB)
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
