package dev.kindling.api;

import dev.kindling.api.spi.Session;
import dev.kindling.api.spi.SessionProvider;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One application and the way into it: makes sets from data and files. Starts driver and executors when it is made and
 * ends them when it is closed; a program may have several. Safe for many threads.
 */
public final class KindlingContext implements AutoCloseable {
    private final Session session;

    public KindlingContext(KindlingConf conf) {
        this.session = provider().open(conf.clone(), this);
    }

    public KindlingContext(String master, String appName) {
        this(master, appName, new KindlingConf());
    }

    public KindlingContext(String master, String appName, KindlingConf conf) {
        this(conf.clone().setMaster(master).setAppName(appName));
    }

    /** Executors inside this JVM, one task at a time for each processor. */
    public static KindlingContext local() {
        return new KindlingContext(new KindlingConf().setMaster("local[*]"));
    }

    /** Executors inside this JVM, {@code cores} tasks at a time. */
    public static KindlingContext local(int cores) {
        return new KindlingContext(new KindlingConf().setMaster("local[" + cores + "]"));
    }

    /** Executors in processes of their own on this machine; {@code memory} of each such as {@code 512m}. */
    public static KindlingContext localCluster(int executors, int cores, String memory) {
        long megabytes = new KindlingConf(false).getSizeAsBytes("memory", memory) >> 20;
        return new KindlingContext(
                new KindlingConf().setMaster("local-cluster[" + executors + "," + cores + "," + megabytes + "]"));
    }

    // ---- sets from the program's own data -------------------------------------------------------------------------

    public <T> RDD<T> parallelize(List<T> data) {
        return parallelize(data, defaultParallelism());
    }

    public <T> RDD<T> parallelize(List<T> data, int n) {
        return session.parallelize(data, n);
    }

    public <T> RDD<T> parallelize(Stream<T> data, int n) {
        return parallelize(new ArrayList<>(data.toList()), n);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the list is copied by parallelize, nobody writes through it
    public final <T> RDD<T> of(T... data) {
        List<T> rows = new ArrayList<>(data.length);
        for (T row : data) {
            rows.add(row);
        }
        return parallelize(rows);
    }

    public <K, V> PairRDD<K, V> parallelizePairs(List<Tuple2<K, V>> data) {
        return parallelizePairs(data, defaultParallelism());
    }

    public <K, V> PairRDD<K, V> parallelizePairs(List<Tuple2<K, V>> data, int n) {
        return session.parallelizePairs(data, n);
    }

    public <K, V> PairRDD<K, V> parallelizePairs(Map<K, V> data, int n) {
        List<Tuple2<K, V>> pairs = new ArrayList<>(data.size());
        data.forEach((key, value) -> pairs.add(Tuple2.of(key, value)));
        return parallelizePairs(pairs, n);
    }

    public DoubleRDD parallelizeDoubles(List<Double> data) {
        return parallelizeDoubles(data, defaultParallelism());
    }

    public DoubleRDD parallelizeDoubles(List<Double> data, int n) {
        return session.parallelizeDoubles(data, n);
    }

    /** From {@code start} (inclusive) to {@code end} (exclusive) by {@code step}, which may be negative. */
    public RDD<Long> range(long start, long end, long step, int n) {
        return session.range(start, end, step, n);
    }

    /** No rows and no partitions. */
    public <T> RDD<T> emptyRDD() {
        return session.parallelize(List.of(), 0);
    }

    // ---- sets from files ------------------------------------------------------------------------------------------

    /**
     * The lines of a file, of all files of a directory, or of what a glob matches; {@code .gz}, {@code .bz2} and
     * {@code .zst} are unpacked. The size of the input decides on the number of partitions. Where
     * {@code spark.hadoop.textinputformat.record.delimiter} is set, that stands between records in the place of line ends.
     */
    public RDD<String> textFile(String path) {
        return session.textFile(path, Optional.empty(), OptionalInt.empty());
    }

    /** At least {@code minPartitions} where the input can be cut that far. */
    public RDD<String> textFile(String path, int minPartitions) {
        return session.textFile(path, Optional.empty(), OptionalInt.of(minPartitions));
    }

    /**
     * Records with {@code delimiter} between them, in which ends of lines are like other characters. What
     * {@code textinputformat.record.delimiter} is to Hadoop.
     */
    public RDD<String> textFile(String path, String delimiter) {
        return session.textFile(path, Optional.of(delimiter), OptionalInt.empty());
    }

    /** See {@link #textFile(String, String)} and {@link #textFile(String, int)}. */
    public RDD<String> textFile(String path, String delimiter, int minPartitions) {
        return session.textFile(path, Optional.of(delimiter), OptionalInt.of(minPartitions));
    }

    /**
     * Two columns of each line as pairs, for files as {@link #textFile(String)} reads them whose lines are columns with
     * {@code separator} between them. Beside {@code textFile} and a function that splits, it makes no {@code String} of a
     * line or of a number, which is most of what such a function costs. There are no quotes, no escapes and no headers: a
     * line that has too few columns, or something else where a number is due, fails the job with its file and offset.
     *
     * @param separator an ASCII character, such as a tab or a comma
     */
    public <K, V> PairRDD<K, V> textColumns(String path, char separator, Column<K> key, Column<V> value) {
        return session.textColumns(path, separator, key, value, OptionalInt.empty());
    }

    /** See {@link #textColumns(String, char, Column, Column)} and {@link #textFile(String, int)}. */
    public <K, V> PairRDD<K, V> textColumns(
            String path, char separator, Column<K> key, Column<V> value, int minPartitions) {
        return session.textColumns(path, separator, key, value, OptionalInt.of(minPartitions));
    }

    /** One column of each line; see {@link #textColumns(String, char, Column, Column)}. */
    public <T> RDD<T> textColumn(String path, char separator, Column<T> column) {
        return session.textColumn(path, separator, column, OptionalInt.empty());
    }

    /** See {@link #textColumn(String, char, Column)} and {@link #textFile(String, int)}. */
    public <T> RDD<T> textColumn(String path, char separator, Column<T> column, int minPartitions) {
        return session.textColumn(path, separator, column, OptionalInt.of(minPartitions));
    }

    /** (path, content) of whole files. */
    public PairRDD<String, String> wholeTextFiles(String path) {
        return session.wholeTextFiles(path, OptionalInt.empty());
    }

    public PairRDD<String, String> wholeTextFiles(String path, int minPartitions) {
        return session.wholeTextFiles(path, OptionalInt.of(minPartitions));
    }

    /** (path, file) of whole files, of which nothing is read before somebody opens them. */
    public PairRDD<String, BinaryFile> binaryFiles(String path) {
        return session.binaryFiles(path, OptionalInt.empty());
    }

    public PairRDD<String, BinaryFile> binaryFiles(String path, int minPartitions) {
        return session.binaryFiles(path, OptionalInt.of(minPartitions));
    }

    /** Files cut every {@code length} bytes; their sizes must be multiples of it. */
    public RDD<byte[]> binaryRecords(String path, int length) {
        return session.binaryRecords(path, length);
    }

    /** What {@link RDD#saveAsObjectFile} wrote. */
    public <T> RDD<T> objectFile(String path) {
        return session.objectFile(path, OptionalInt.empty());
    }

    public <T> RDD<T> objectFile(String path, int minPartitions) {
        return session.objectFile(path, OptionalInt.of(minPartitions));
    }

    // ---- sets put together ------------------------------------------------------------------------------------------

    @SafeVarargs
    public final <T> RDD<T> union(RDD<T>... rdds) {
        RDD<T> all = rdds.length == 0 ? emptyRDD() : rdds[0];
        for (int i = 1; i < rdds.length; i++) {
            all = all.union(rdds[i]);
        }
        return all;
    }

    @SafeVarargs
    public final <K, V> PairRDD<K, V> union(PairRDD<K, V>... rdds) {
        PairRDD<K, V> all = rdds.length == 0 ? parallelizePairs(List.of(), 0) : rdds[0];
        for (int i = 1; i < rdds.length; i++) {
            all = all.union(rdds[i]);
        }
        return all;
    }

    public DoubleRDD union(DoubleRDD... rdds) {
        DoubleRDD all = rdds.length == 0 ? parallelizeDoubles(List.of(), 0) : rdds[0];
        for (int i = 1; i < rdds.length; i++) {
            all = all.union(rdds[i]);
        }
        return all;
    }

    // ---- what tasks read ------------------------------------------------------------------------------------------

    /**
     * A value that functions read and that travels to each executor once. It is serialized before this returns: what is
     * done to it later is seen or not.
     */
    public <T> Broadcast<T> broadcast(T value) {
        return session.broadcast(value);
    }

    // ---- what tasks add to ----------------------------------------------------------------------------------------

    public LongAccumulator longAccumulator() {
        return registered(new LongAccumulator(), "");
    }

    /** @param name under which it appears in events */
    public LongAccumulator longAccumulator(String name) {
        return registered(new LongAccumulator(), name);
    }

    public DoubleAccumulator doubleAccumulator() {
        return registered(new DoubleAccumulator(), "");
    }

    public DoubleAccumulator doubleAccumulator(String name) {
        return registered(new DoubleAccumulator(), name);
    }

    public <T> ListAccumulator<T> listAccumulator(String name) {
        return registered(new ListAccumulator<>(), name);
    }

    /** From here on functions may capture it and tasks add to it. An accumulator is registered once. */
    public void register(Accumulator<?, ?> a, String name) {
        registered(a, name);
    }

    private <A extends Accumulator<?, ?>> A registered(A accumulator, String name) {
        synchronized (accumulator) {
            accumulator.register(session.register(accumulator), name == null ? "" : name);
        }
        return accumulator;
    }

    // ---- what is kept -----------------------------------------------------------------------------------------------

    /**
     * Where checkpoints are written from now on: a directory of this application's own below {@code dir}, which every
     * executor must be able to write.
     */
    public void setCheckpointDir(String dir) {
        session.setCheckpointDir(dir);
    }

    /** This application's own directory; empty until one was set. */
    public Optional<String> getCheckpointDir() {
        return session.checkpointDir();
    }

    /** What {@link RDD#checkpoint} of this or another application wrote, partition by partition. */
    public <T> RDD<T> checkpointFile(String path) {
        return session.checkpointFile(path);
    }

    /** All persisted sets that the program can still reach, by their ids. */
    public Map<Integer, RDD<?>> getPersistentRDDs() {
        return session.persistentRdds();
    }

    // ---- the application ------------------------------------------------------------------------------------------

    /** A copy of the settings the context was made from. */
    public KindlingConf getConf() {
        return session.conf().clone();
    }

    public String applicationId() {
        return session.applicationId();
    }

    public String appName() {
        return session.appName();
    }

    public String master() {
        return session.master();
    }

    /** Whether executors live in this JVM. */
    public boolean isLocal() {
        return session.isLocal();
    }

    public int defaultParallelism() {
        return session.defaultParallelism();
    }

    public int defaultMinPartitions() {
        return Math.min(defaultParallelism(), 2);
    }

    public Instant startTime() {
        return session.startTime();
    }

    /** The version of the library on the class path; {@code dev} when run from class directories. */
    public String version() {
        return Optional.ofNullable(KindlingContext.class.getPackage().getImplementationVersion())
                .orElse("dev");
    }

    /**
     * Tells the listener of everything that happens from now on, on a thread of its own, until it is removed or the
     * context ends.
     */
    public void addListener(KindlingListener l) {
        session.addListener(Objects.requireNonNull(l, "listener"));
    }

    /** The listener is told what has happened before, and no more. Returns at once. */
    public void removeListener(KindlingListener l) {
        session.removeListener(l);
    }

    /** How jobs, stages and executors stand. */
    public StatusTracker statusTracker() {
        return session.statusTracker();
    }

    /**
     * How much this process logs from now on: {@code ALL}, {@code TRACE}, {@code DEBUG}, {@code INFO}, {@code WARN},
     * {@code ERROR}, {@code FATAL} or {@code OFF}. Executors in processes of their own keep their level.
     */
    public void setLogLevel(String level) {
        session.setLogLevel(level);
    }

    /** A jar that tasks need from now on; where a class is in several jars, the one that was there first has it. */
    public void addJar(String path) {
        session.addJar(path);
    }

    /** A file that tasks find with {@link KindlingFiles#get}, under its own name, from now on. */
    public void addFile(String path) {
        session.addFile(path);
    }

    // ---- jobs -----------------------------------------------------------------------------------------------------

    /**
     * A property of the jobs that the calling thread starts from now on; tasks read it by
     * {@link TaskContext#getLocalProperty}, listeners with the job's start. Null removes it.
     *
     * <p>A thread that is made later starts with the properties that the thread making it has then. What is set between
     * the opening and the closing of a {@link Scope} ends with the scope, in threads made meanwhile as well.
     */
    public void setLocalProperty(String key, String value) {
        session.jobs().setProperty(key, value);
    }

    /** Null when the calling thread has no such property. */
    public String getLocalProperty(String key) {
        return session.jobs().property(key);
    }

    /** Jobs that the calling thread starts from now on belong to the group, see {@link #withJobGroup}. */
    public void setJobGroup(String group, String description) {
        setJobGroup(group, description, true);
    }

    /**
     * @param interrupt whether cancelling interrupts the threads of running tasks. Without it they stop at their next
     *     batch of rows only, however long that takes
     */
    public void setJobGroup(String group, String description, boolean interrupt) {
        session.jobs().setGroup(group, description, interrupt);
    }

    /** The calling thread's jobs belong to no group from now on. */
    public void clearJobGroup() {
        session.jobs().clearGroup();
    }

    /** What people read of the jobs that the calling thread starts from now on; null for nothing. */
    public void setJobDescription(String description) {
        session.jobs().setDescription(description);
    }

    /**
     * Jobs that the calling thread starts in the scope belong to the group and can be cancelled with it. Its end restores
     * what was before:
     *
     * <pre>{@code
     * try (var scope = context.withJobGroup("nightly", "yesterday's orders")) {
     *     orders.count();
     * }
     * }</pre>
     */
    public Scope withJobGroup(String group, String description) {
        return session.jobs().withGroup(group, description);
    }

    /** Jobs that the calling thread starts in the scope run in this pool: {@code kindling.scheduler.mode} says more. */
    public Scope withPool(String pool) {
        return session.jobs().withPool(pool);
    }

    /** Jobs that the calling thread starts in the scope have this tag besides those it has already. */
    public Scope withJobTag(String tag) {
        return session.jobs().withTag(tag);
    }

    /** A tag has no comma. */
    public void addJobTag(String tag) {
        session.jobs().addTag(tag);
    }

    public void removeJobTag(String tag) {
        session.jobs().removeTag(tag);
    }

    /** The calling thread's tags. */
    public Set<String> getJobTags() {
        return session.jobs().tags();
    }

    public void clearJobTags() {
        session.jobs().clearTags();
    }

    /**
     * Cancels the running jobs of the group. Their actions fail with {@link ErrorCode#CANCELLED}, their tasks stop; a
     * task that does not costs its executor, see {@code kindling.task.reaper.limitMs}. A job that is making its output
     * visible goes on. Returns at once; on a closed context it does nothing.
     */
    public void cancelJobGroup(String group) {
        session.jobs().cancelGroup(group);
    }

    /** See {@link #cancelJobGroup}. */
    public void cancelJobsWithTag(String tag) {
        session.jobs().cancelTag(tag);
    }

    /** See {@link #cancelJobGroup}. */
    public void cancelJob(int id) {
        session.jobs().cancelJob(id);
    }

    /** See {@link #cancelJobGroup}. */
    public void cancelAllJobs() {
        session.jobs().cancelAll();
    }

    /**
     * Where this run can be looked at while it goes on: a page on this machine's loopback address, with the token that
     * opens it, so to be shown to nobody else. Empty unless {@code kindling.ui.enabled} is set.
     */
    public Optional<URI> uiUri() {
        return session.uiUri();
    }

    /**
     * Has the page of this run show these numbers as bars, in the order of the map; a later call takes the place of an
     * earlier one. Listeners are told of them and the event log has them, which has no results otherwise: give what
     * everybody may see who may look at the run.
     *
     * @param bars at most 100, with names of at most 100 characters
     */
    public void showResult(String title, Map<String, Long> bars) {
        session.showResult(title, bars);
    }

    /**
     * Has an executor leave without loss, for example because its machine will be shut down: it gets no new task, what it
     * holds moves to others, and another executor is asked for. Returns at once; listeners hear of its end. An id that no
     * executor has, or one that leaves already, changes nothing. {@code local[n]} has nothing to move to.
     *
     * @param executorId as listeners were told by {@code ExecutorAdded}
     * @param withinMs after so long it goes with what is left, which is then lost as with any executor
     */
    public void decommissionExecutor(String executorId, long withinMs) {
        session.decommissionExecutor(executorId, withinMs);
    }

    /** What holds for the thread that opened it until it closes it; meant for try-with-resources. */
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }

    /** The same as {@link #close}. */
    public void stop() {
        close();
    }

    /** Ends running jobs, executors and threads, and leaves no file; a second call does nothing. */
    @Override
    public void close() {
        session.close();
    }

    /** For the parts of this package that need the engine behind a set. */
    Session session() {
        return session;
    }

    private static SessionProvider provider() {
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        return ServiceLoader.load(SessionProvider.class, callers)
                .findFirst()
                .or(() -> ServiceLoader.load(SessionProvider.class, KindlingContext.class.getClassLoader())
                        .findFirst())
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        "no engine is on the class path; add the dependency dev.kindling:runtime-driver"));
    }
}
