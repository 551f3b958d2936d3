"""The keys of the events screen, beside those of its panes; each has an id, by which the palette and help know it."""

from textual.binding import Binding

EVENTS_KEYS: tuple[Binding, ...] = (
    # With priority, what is typed right behind these keys goes where they lead, not where the focus was.
    Binding("slash", "filter", "Filter", key_display="/", priority=True, id="events.filter"),
    Binding("s", "app.shell_pane", "Shell", priority=True, id="shell.pane"),
    Binding("S", "app.shell", "Full-screen shell", show=False, id="shell.full"),
    Binding("p", "pause", "Pause", id="events.pause"),
    Binding("a", "all", "All", id="events.all"),
    Binding("K", "kinds", "Kinds", show=False, id="events.kinds"),
    Binding("z", "zoom", "Zoom", id="pane.zoom"),
    Binding("t", "times", "Time format", show=False, id="events.times"),
    Binding("w", "wrap", "Break long lines", show=False, id="events.wrap"),
    Binding("y", "copy", "Copy the line", show=False, id="events.copy"),
    Binding("Y", "copy_command", "Copy the command", show=False, id="events.command"),
    Binding("D", "app.print_lines", "Print lines plainly", show=False, id="events.print"),
    Binding("e", "finding(1)", "Next cause", show=False, id="events.finding_next"),
    Binding("E", "finding(-1)", "Previous cause", show=False, id="events.finding_previous"),
    Binding("question_mark,f1", "app.help", "Help", key_display="?", id="app.help"),
    Binding("q", "app.quit", "Quit", id="app.quit"),
    Binding("colon,ctrl+p", "app.command_palette", "Commands", show=False, id="app.commands"),
    Binding("enter", "accept_filter", "Keep filter", priority=True, id="filter.accept"),
    Binding("tab", "step(1)", "Next pane", show=False, priority=True, id="pane.next"),
    Binding("shift+tab", "step(-1)", "Previous pane", show=False, priority=True, id="pane.previous"),
    Binding("ctrl+l", "app.redraw", "Redraw", show=False, id="app.redraw"),
    Binding("ctrl+z", "app.suspend_process", "Suspend", show=False, id="app.suspend"),
    Binding("ctrl+c", "app.interrupt", "Quit (twice)", show=False, priority=True, id="app.interrupt"),
    Binding("escape", "back", "Back", show=False, id="app.back"),
    Binding("U", "app.sudo", "Again under sudo", show=False, id="app.sudo"),
)
"""In the order of the footer."""
