"""Two threads that take turns once, one of them inside a traced function.

Locks alone: an event or a queue would be something that the function changes in its surroundings.
"""

import threading


class Handover:
    def __init__(self):
        self.inside, self.done = threading.Lock(), threading.Lock()
        self.inside.acquire()
        self.done.acquire()

    def pause(self):
        """Let the other thread work, and wait until it has done so; later calls go on at once."""
        if self.inside.locked():
            self.inside.release()
        assert self.done.acquire(timeout=60)
        self.done.release()

    def meanwhile(self, work):
        """A thread, already started, that calls `work()` during the pause; its `join` raises what that raised."""
        errors = []

        def run():
            try:
                assert self.inside.acquire(timeout=60)
                work()
            except BaseException as error:
                errors.append(error)
            finally:
                self.done.release()

        thread = threading.Thread(target=run)
        thread.start()

        def join():
            thread.join(60)
            if errors:
                raise errors[0]

        return join
