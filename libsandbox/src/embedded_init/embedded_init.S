  .section .rodata
  .globl sandbox_embedded_init_begin, sandbox_embedded_init_end
  .hidden sandbox_embedded_init_begin, sandbox_embedded_init_end
  .balign 64
sandbox_embedded_init_begin:
  .incbin SANDBOX_INIT_FILE
sandbox_embedded_init_end:
  .byte 0
  .section .note.GNU-stack,"",@progbits
