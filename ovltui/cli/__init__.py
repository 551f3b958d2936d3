"""The command line: one verb a file, text for people, JSON for programs.

Source: the session, as every front end. Privileges: each verb says. Incomplete: what cannot be seen is said
on stderr; stdout is data, stderr is talk.
"""
