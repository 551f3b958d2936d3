"""The topology as a drawing: one network at a time, for a terminal of any size.

``networks`` lists what can be drawn, ``content`` says what stands in the drawing of one, ``layout`` places it,
``canvas`` joins the lines, ``steps`` walks from thing to thing. Pure: frozen values in, frozen values out.
"""
