"""THE table of what stands in for what while a function is traced: randomness, clocks, the world, threads, output.

A `Source` names callables by module, class and attribute. A traced function that calls one gets the `answer` in
place of the callable's own, or is refused, at the line of the call.
"""

from __future__ import annotations

from micrograd.compiler.tracing.numbers import arrays, kinds
from micrograd.compiler.tracing.standins import answers, clocks, printing, randomness
from micrograd.compiler.tracing.standins.answers import Source
from micrograd.compiler.tracing.standins.callers import WAITING

READ_BEFORE = "Read it before the call, and pass in what it holds as an argument; write after the call."
STAY_HERE = (
    "What runs elsewhere would be missing from the program: compute one thing after the other in the function itself, "
    "or call the compiled function in the threads."
)


SOURCES = (
    Source(
        "read the clock",
        clocks.WAY_OUT,
        """time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns
        time.process_time time.process_time_ns time.thread_time time.thread_time_ns time.clock_gettime
        time.clock_gettime_ns timeit.default_timer""",
        clocks.read,
        WAITING,
    ),
    Source(
        "read the clock",
        clocks.WAY_OUT,
        "time.localtime time.gmtime time.ctime time.asctime time.strftime",
        clocks.convert,
        shown=True,
    ),
    Source(
        "read the clock",
        clocks.WAY_OUT,
        """datetime.datetime.now datetime.datetime.utcnow os.times resource.getrusage pandas.Timestamp.now
        pandas.Timestamp.today pandas.Timestamp.utcnow""",
        shown=True,
    ),
    Source(
        "read the clock",
        clocks.WAY_OUT,
        """datetime.date.today datetime.datetime.today timeit.timeit timeit.repeat timeit.Timer.timeit
        timeit.Timer.repeat timeit.Timer.autorange email.utils.localtime email.utils.make_msgid""",
    ),
    Source(
        "drew a random number",
        randomness.WAY_OUT,
        """random.Random.random random.Random.getrandbits random.random random.getrandbits
        numpy.random.beta numpy.random.binomial numpy.random.bytes numpy.random.chisquare numpy.random.choice
        numpy.random.dirichlet numpy.random.exponential numpy.random.f numpy.random.gamma numpy.random.geometric
        numpy.random.gumbel numpy.random.hypergeometric numpy.random.laplace numpy.random.logistic
        numpy.random.lognormal numpy.random.logseries numpy.random.multinomial numpy.random.multivariate_normal
        numpy.random.negative_binomial numpy.random.noncentral_chisquare numpy.random.noncentral_f numpy.random.normal
        numpy.random.pareto numpy.random.permutation numpy.random.poisson numpy.random.power numpy.random.rand
        numpy.random.randint numpy.random.randn numpy.random.random numpy.random.random_integers
        numpy.random.random_sample numpy.random.ranf numpy.random.rayleigh numpy.random.sample numpy.random.shuffle
        numpy.random.standard_cauchy numpy.random.standard_exponential numpy.random.standard_gamma
        numpy.random.standard_normal numpy.random.standard_t numpy.random.triangular numpy.random.uniform
        numpy.random.vonmises numpy.random.wald numpy.random.weibull numpy.random.zipf""",
        randomness.draw,
    ),
    Source("", "", "math.isnan math.isinf math.isfinite", kinds.question),
    Source("", "", "numpy.array numpy.asarray numpy.asanyarray", arrays.make),
    Source(
        "",
        "",
        """numpy.amax numpy.amin numpy.argmax numpy.argmin numpy.argpartition numpy.argsort numpy.clip numpy.digitize
        numpy.intersect1d numpy.isin numpy.lexsort numpy.max numpy.median numpy.min numpy.nan_to_num numpy.partition
        numpy.percentile numpy.ptp numpy.quantile numpy.searchsorted numpy.sort numpy.unique numpy.array2string
        numpy.array_repr numpy.array_str""",
        arrays.order,
    ),
    Source("", "", "random.Random.__init__", randomness.make_generator),
    Source("", "", "numpy.random.mtrand._MT19937", randomness.make_bits),
    Source(
        "set the state of a random generator",
        randomness.SEED_OUTSIDE,
        """random.Random.seed random.Random.setstate random.seed random.setstate numpy.random.seed
        numpy.random.set_state""",
        randomness.reseed,
    ),
    Source(
        "drew a random number",
        randomness.WAY_OUT,
        """os.urandom os.getrandom ssl.RAND_bytes random.SystemRandom.random random.SystemRandom.getrandbits
        random.SystemRandom.randbytes secrets.randbits secrets.randbelow secrets.choice secrets.token_bytes
        secrets.token_hex secrets.token_urlsafe uuid.uuid1 uuid.uuid4 uuid.uuid6 uuid.uuid7 uuid.uuid8
        numpy.random.bit_generator.randbits""",
    ),
    Source(
        "opened a file",
        READ_BEFORE,
        """builtins.open io.open os.open io.open_code pathlib.Path.open pathlib.Path.read_text pathlib.Path.read_bytes
        numpy.fromfile sqlite3.connect""",
        answers.opened,
    ),
    Source(
        "looked at the files of this machine",
        READ_BEFORE,
        """os.listdir os.scandir os.stat os.lstat os.access os.getcwd os.readlink os.read os.path.exists os.path.isfile
        os.path.isdir pathlib.Path.stat pathlib.Path.exists pathlib.Path.iterdir pathlib.Path.glob""",
    ),
    Source(
        "asked for the state of this machine or of Python",
        "Ask outside the function, and pass the answer in as an argument.",
        """os.getloadavg gc.isenabled gc.get_count gc.get_stats gc.get_objects sys.getrefcount
        tracemalloc.get_traced_memory numpy.geterr numpy.get_printoptions""",
    ),
    Source(
        "asked for input",
        READ_BEFORE,
        """builtins.input getpass.getpass io.TextIOWrapper.read io.TextIOWrapper.readline io.TextIOWrapper.readlines
        io.BufferedReader.read io.BufferedReader.readline io.BufferedReader.readlines""",
    ),
    Source(
        "opened a connection",
        READ_BEFORE,
        "socket.socket.__init__ socket.getaddrinfo socket.gethostbyname",
        others=WAITING,
    ),
    Source(
        "started a process",
        READ_BEFORE,
        """subprocess.Popen.__init__ os.system os.popen os.posix_spawn os.posix_spawnp os.spawnv
        os.spawnve multiprocessing.process.BaseProcess.start""",
    ),
    Source(
        "sent a signal, or had one sent",
        "Its handler would run while the function is traced only: send it outside the function.",
        """signal.raise_signal signal.alarm signal.setitimer signal.pthread_kill os.kill os.killpg
        _thread.interrupt_main""",
    ),
    Source(
        "had NumPy raise errors",
        "A compiled function computes on where NumPy would raise one: compare the numbers themselves instead.",
        "numpy.errstate.__init__ numpy.seterr",
        answers.raising,
    ),
    Source(
        "started a thread",
        STAY_HERE,
        "threading.Thread.start _thread.start_new_thread _thread.start_joinable_thread",
    ),
    Source(
        "gave work to other threads or processes",
        STAY_HERE,
        """concurrent.futures.thread.ThreadPoolExecutor.submit concurrent.futures.process.ProcessPoolExecutor.submit
        concurrent.futures.process.ProcessPoolExecutor.map
        multiprocessing.pool.Pool.apply_async multiprocessing.pool.Pool._map_async multiprocessing.pool.Pool.imap
        multiprocessing.pool.Pool.imap_unordered joblib.parallel.Parallel.__call__
        joblib.externals.loky.process_executor.ProcessPoolExecutor.submit""",
    ),
    Source(
        "started a pool of threads or processes",
        STAY_HERE,
        "multiprocessing.pool.Pool.__init__",
        answers.closed,
    ),
    Source("", "", "builtins.print", printing.print_it),
    Source("", "", "logging.Logger.handle", printing.show),
)
