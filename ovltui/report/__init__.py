"""Reports: what a session is at one moment, as one document for a ticket.

``blocks`` says of what a document consists, ``contents`` and ``problems`` fill it, ``markdown`` and ``html`` write it.
"""
