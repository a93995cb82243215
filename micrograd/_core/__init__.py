"""Below the engine, private: what `engine.Value` is built from.

operators  from a primitive of `ops` to an operator or method of Value: how a node is made
modes      what a context does with new nodes: `no_grad` forgets them, a tracer records them
copying    a graph as a flat list, for `pickle` and `deepcopy`
progress   a progress bar, or plain lines where `tqdm` is missing
"""
