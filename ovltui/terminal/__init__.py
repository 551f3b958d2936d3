"""A shell in a namespace, without Textual: its pseudo-terminal, the screen that it draws, the keys that it gets.

``pty`` starts a command on a terminal of its own; ``emulator`` chooses who reads what it writes (``ghostty`` where
its wheel is installed, else ``bittty``) and gives the screen as styled rows; ``keys`` and ``mouse`` say what is
written back.
"""
