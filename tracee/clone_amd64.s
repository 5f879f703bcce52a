#include "textflag.h"

// func cloneOnto(flags, stack uintptr, third *int32, p *plan, entry uintptr) uintptr
TEXT ·cloneOnto(SB), NOSPLIT, $0-48
	MOVQ flags+0(FP), DI
	MOVQ stack+8(FP), SI
	MOVQ third+16(FP), DX
	MOVQ p+24(FP), R12
	MOVQ entry+32(FP), R13
	XORL R10, R10
	XORL R8, R8
	MOVL $56, AX // clone
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+40(FP)
	RET

child:
	XORL BP, BP
	MOVQ R12, AX // the argument, as ABIInternal has it; there is room on the stack for its spilling
	MOVQ TLS, CX
	MOVQ 0(CX)(TLS*1), R14 // g
	XORPS X15, X15
	CALL R13
	INT  $3

// func clone3Onto(args *cloneArgs, size uintptr, p *plan, entry uintptr) uintptr
TEXT ·clone3Onto(SB), NOSPLIT, $0-40
	MOVQ args+0(FP), DI
	MOVQ size+8(FP), SI
	MOVQ p+16(FP), R12
	MOVQ entry+24(FP), R13
	MOVL $435, AX // clone3
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+32(FP)
	RET

child:
	XORL BP, BP
	MOVQ R12, AX // as above
	MOVQ TLS, CX
	MOVQ 0(CX)(TLS*1), R14
	XORPS X15, X15
	CALL R13
	INT  $3

// func cas(word *uint32, old, new uint32) bool
TEXT ·cas(SB), NOSPLIT, $0-17
	MOVQ word+0(FP), BX
	MOVL old+8(FP), AX
	MOVL new+12(FP), CX
	LOCK
	CMPXCHGL CX, 0(BX)
	SETEQ ret+16(FP)
	RET
