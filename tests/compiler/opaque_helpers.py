"""A module of the user's: it binds what traced functions must not keep, each in one of the ways in which people do."""

import os
import random
import secrets
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from os import urandom
from time import perf_counter

urandom_by_name = urandom
perf_counter_by_name = perf_counter


def read_by_module():
    return time.time()


def read_by_name():
    return perf_counter()


def bytes_by_name():
    return urandom(1)[0]


def read_by_default(now=time.monotonic):
    return now()


def read_date():
    return datetime.now().microsecond


def unique():
    return uuid.uuid4().int % 7


def secret():
    return secrets.randbelow(1000)


def throw():
    return random.Random().random()


def started():
    threading.Thread(target=print).start()
    return 1.0


def pooled():
    with ThreadPoolExecutor(1) as pool:
        return sum(pool.map(float, ["1"]))


def sizes():
    return len(os.listdir("."))


TABLE = {"clock": time.time, "entropy": [os.urandom]}
LATE = partial(time.perf_counter)
PAIR = ("seconds", time.monotonic)


class Stopwatch:
    tick = time.perf_counter

    def __init__(self):
        self.now = time.time
        self.draw = random.Random(5).random
        self.bits = random.SystemRandom().getrandbits
