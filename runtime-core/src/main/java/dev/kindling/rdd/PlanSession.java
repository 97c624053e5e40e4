package dev.kindling.rdd;

import dev.kindling.api.Accumulator;
import dev.kindling.api.BinaryFile;
import dev.kindling.api.Broadcast;
import dev.kindling.api.Column;
import dev.kindling.api.DoubleRDD;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.KindlingListener.Event;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Partitioner;
import dev.kindling.api.RDD;
import dev.kindling.api.StatusTracker;
import dev.kindling.api.StorageLevel;
import dev.kindling.api.Tuple2;
import dev.kindling.api.spi.BroadcastKey;
import dev.kindling.api.spi.JobControl;
import dev.kindling.api.spi.KeyRanges;
import dev.kindling.api.spi.Session;
import dev.kindling.event.EventBus;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanNode.FileInput.Format;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.StageBody;
import dev.kindling.serde.ResultCodec;
import dev.kindling.storage.RecordReader;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitPlanner;
import dev.kindling.storage.Stores;
import dev.kindling.util.FirstIndexes;
import dev.kindling.util.LogLevels;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The program's side of an application: numbers sets and shuffles, keeps what the input leaves read, and hands actions
 * to the {@link JobRunner}. Safe for many threads.
 *
 * <p>Inputs and shuffles live as long as the program can reach a set made of them: when the garbage collector has found
 * a leaf or a shuffle unreachable, the next call that makes a set or runs a job drops its input or its map outputs. So
 * does the driver when disks are full.
 */
public final class PlanSession implements Session, SetMarks {
    /** Of what a program has shown with its run. */
    private static final int MAX_BARS = 100;

    private static final int MAX_BAR_CHARS = 100;
    /** Milliseconds at most, on a busy machine. */
    private static final int COLLECTED_WITHIN_MS = 100;

    private final KindlingContext context;
    private final SessionSettings settings;
    private final JobRunner runner;
    private final ProgramAdditions additions;
    private final EventBus events;
    private final SharedVariables shared;
    private final Runnable shutdown;
    private final JobMarks marks;
    private final Instant startTime = Instant.now();
    private final AtomicInteger sets = new AtomicInteger();
    private final AtomicInteger shuffles = new AtomicInteger();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final PersistedSets persisted;
    private final Checkpoints checkpoints = new Checkpoints(this);
    private final Map<Integer, String> names = new ConcurrentHashMap<>();
    private final Map<Integer, LeafSource> leaves = new ConcurrentHashMap<>();
    private final ReferenceQueue<Object> unreachable = new ReferenceQueue<>();
    private final Map<Reference<Object>, Runnable> releases = new ConcurrentHashMap<>();

    /** @param shutdown ends the engine; called once, by the first {@code close()} */
    public PlanSession(
            KindlingContext context,
            SessionSettings settings,
            JobRunner runner,
            ProgramAdditions additions,
            SharedVariables shared,
            EventBus events,
            Runnable shutdown) {
        this.context = context;
        this.settings = settings;
        this.runner = runner;
        this.persisted = new PersistedSets(runner);
        this.additions = additions;
        this.events = events;
        this.shared = shared;
        this.shutdown = shutdown;
        this.marks = new JobMarks(runner::cancel, isClosed::get);
    }

    // ---- what a context asks ----------------------------------------------------------------------------------------

    @Override
    public KindlingConf conf() {
        return settings.conf();
    }

    @Override
    public String applicationId() {
        return settings.applicationId();
    }

    @Override
    public String appName() {
        return settings.appName();
    }

    @Override
    public String master() {
        return settings.master();
    }

    @Override
    public boolean isLocal() {
        return settings.isLocal();
    }

    @Override
    public int defaultParallelism() {
        return settings.defaultParallelism();
    }

    @Override
    public Instant startTime() {
        return startTime;
    }

    @Override
    public <T> RDD<T> parallelize(List<T> rows, int partitions) {
        return new RddHandle<>(this, slices(CallSite.of("parallelize"), rows, partitions));
    }

    @Override
    public <K, V> PairRDD<K, V> parallelizePairs(List<Tuple2<K, V>> rows, int partitions) {
        return new PairRddHandle<>(this, slices(CallSite.of("parallelizePairs"), rows, partitions));
    }

    @Override
    public DoubleRDD parallelizeDoubles(List<Double> rows, int partitions) {
        return new DoubleRddHandle(this, slices(CallSite.of("parallelizeDoubles"), rows, partitions));
    }

    @Override
    public RDD<Long> range(long start, long end, long step, int partitions) {
        Origin origin = CallSite.of("range");
        checkOpen(origin);
        if (step == 0) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, origin + ": the step is 0; give a positive or a negative one");
        }
        atLeast(1, partitions, "partitions", origin);
        return new RddHandle<>(this, new PlanNode.Range(nextSetId(), origin, start, end, step, partitions));
    }

    @Override
    public RDD<String> textFile(String path, Optional<String> delimiter, OptionalInt minPartitions) {
        Origin origin = CallSite.of("textFile");
        if (delimiter.filter(String::isEmpty).isPresent()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": the delimiter between records is empty; name one, or none for lines");
        }
        String between = delimiter.orElse(settings.recordDelimiter());
        return new RddHandle<>(this, files(origin, path, Format.TEXT_LINES, 0, between, null, minPartitions));
    }

    @Override
    public <T> RDD<T> textColumn(String path, char separator, Column<T> column, OptionalInt minPartitions) {
        Origin origin = CallSite.of("textColumn");
        return new RddHandle<>(this, columns(origin, path, separator, List.of(column), minPartitions));
    }

    @Override
    public <K, V> PairRDD<K, V> textColumns(
            String path, char separator, Column<K> key, Column<V> value, OptionalInt minPartitions) {
        Origin origin = CallSite.of("textColumns");
        return new PairRddHandle<>(this, columns(origin, path, separator, List.of(key, value), minPartitions));
    }

    private PlanNode columns(
            Origin origin, String path, char separator, List<Column<?>> columns, OptionalInt minPartitions) {
        if (separator == 0 || separator > 127 || separator == '\n' || separator == '\r') {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin
                            + ": columns are separated by one ASCII character that ends no line, such as a tab or a"
                            + " comma, not by U+" + String.format("%04X", (int) separator)
                            + "; split lines of textFile where it is another");
        }
        return files(
                origin,
                path,
                Format.TEXT_LINES,
                0,
                settings.recordDelimiter(),
                new PlanNode.FileInput.Columns(separator, columns),
                minPartitions);
    }

    @Override
    public PairRDD<String, String> wholeTextFiles(String path, OptionalInt minPartitions) {
        return new PairRddHandle<>(
                this, files(CallSite.of("wholeTextFiles"), path, Format.WHOLE_TEXT, 0, "", null, minPartitions));
    }

    @Override
    public PairRDD<String, BinaryFile> binaryFiles(String path, OptionalInt minPartitions) {
        return new PairRddHandle<>(
                this, files(CallSite.of("binaryFiles"), path, Format.BINARY_FILES, 0, "", null, minPartitions));
    }

    @Override
    public RDD<byte[]> binaryRecords(String path, int length) {
        Origin origin = CallSite.of("binaryRecords");
        atLeast(1, length, "bytes a record", origin);
        return new RddHandle<>(this, files(origin, path, Format.RECORDS, length, "", null, OptionalInt.empty()));
    }

    @Override
    public <T> RDD<T> objectFile(String path, OptionalInt minPartitions) {
        return new RddHandle<>(
                this, files(CallSite.of("objectFile"), path, Format.OBJECTS, 0, "", null, minPartitions));
    }

    @Override
    public long register(Accumulator<?, ?> accumulator) {
        Origin origin = CallSite.of("register");
        checkOpen(origin);
        if (accumulator.isRegistered()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, origin + ": " + accumulator + " is registered already; make another one");
        }
        return shared.accumulators().add(accumulator);
    }

    @Override
    public <T> Broadcast<T> broadcast(T value) {
        Origin origin = CallSite.of("broadcast");
        checkOpen(origin);
        if (value instanceof RDD || value instanceof KindlingContext) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin
                            + (value instanceof RDD
                                    ? ": a set cannot be broadcast, its rows are on the executors already; join with"
                                            + " it, or broadcast what collect() returns"
                                    : ": a context cannot be broadcast, it lives on the driver only"));
        }
        BroadcastPublisher publisher = shared.broadcasts();
        BroadcastKey key = publisher.publish(value, origin.toString());
        ProgramBroadcast<T> broadcast = new ProgramBroadcast<>(key, value, publisher);
        long id = key.id();
        whenUnreachable(broadcast, () -> publisher.destroy(id, "the program has let go of it", false));
        return broadcast;
    }

    @Override
    public void setCheckpointDir(String directory) {
        checkpoints.setDirectory(CallSite.of("setCheckpointDir"), directory);
    }

    @Override
    public Optional<String> checkpointDir() {
        return checkpoints.directory();
    }

    @Override
    public <T> RDD<T> checkpointFile(String path) {
        Origin origin = CallSite.of("checkpointFile");
        checkOpen(origin);
        return new RddHandle<>(this, checkpoints.filesOf(origin, path));
    }

    @Override
    public Map<Integer, RDD<?>> persistentRdds() {
        return persisted.all();
    }

    @Override
    public Partitioner defaultPartitioner(RDD<?> first, RDD<?>... others) {
        Plans plans = new Plans(this, CallSite.of("defaultPartitioner"));
        PlanNode[] nodes = Stream.concat(Stream.of(first), Stream.of(others))
                .map(plans::nodeOf)
                .toArray(PlanNode[]::new);
        return plans.defaultPartitioner(nodes);
    }

    @Override
    public KeyRanges sampleRanges(RDD<?> pairs, int partitions, Comparator<?> order) {
        Plans plans = new Plans(this, CallSite.of("RangePartitioner.of"));
        checkOpen(plans.origin());
        PlanNode sorted = plans.sortByKey(plans.nodeOf(pairs), plans.order(order, true), partitions);
        RangeBounds bounds = (RangeBounds) sorted.partitioner().orElseThrow();
        runner.findBounds(request(
                plans.origin(),
                sorted,
                new StageBody.Sink.Result(Actions.CountRows.ALL),
                List.of(),
                propertiesOfThisThread()));
        return bounds.ranges();
    }

    @Override
    public void addListener(KindlingListener listener) {
        events.add(listener);
    }

    @Override
    public void removeListener(KindlingListener listener) {
        events.remove(listener);
    }

    @Override
    public void showResult(String title, Map<String, Long> bars) {
        boolean isShort = bars.size() <= MAX_BARS
                && title.length() <= MAX_BAR_CHARS
                && bars.keySet().stream().allMatch(name -> name.length() <= MAX_BAR_CHARS);
        if (!isShort) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "showResult is given " + bars.size() + " bars; give at most " + MAX_BARS
                            + ", and a title and names of at most " + MAX_BAR_CHARS + " characters");
        }
        List<Event.ResultShown.Bar> shown = bars.entrySet().stream()
                .map(bar -> new Event.ResultShown.Bar(bar.getKey(), bar.getValue()))
                .toList();
        // The driver's clock, which never runs backwards, as it was at the event before.
        long nowMs = events.status().status().updatedMs();
        events.publish(new Event.ResultShown(Instant.ofEpochMilli(nowMs), title, shown));
    }

    @Override
    public StatusTracker statusTracker() {
        return events.status();
    }

    @Override
    public void setLogLevel(String level) {
        LogLevels.setRoot(LogLevels.nameOf(level)
                .orElseThrow(() -> new KindlingException(
                        ErrorCode.BAD_ARGUMENT,
                        CallSite.of("setLogLevel") + ": there is no level '" + level + "'; give one of "
                                + String.join(", ", LogLevels.NAMES))));
    }

    @Override
    public void addJar(String path) {
        checkOpen(CallSite.of("addJar"));
        additions.addJar(path);
    }

    @Override
    public void addFile(String path) {
        checkOpen(CallSite.of("addFile"));
        additions.addFile(path);
    }

    @Override
    public Optional<URI> uiUri() {
        return settings.uiUri();
    }

    @Override
    public void decommissionExecutor(String executorId, long withinMs) {
        if (withinMs < 0) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    "executor " + executorId + " cannot be decommissioned within " + withinMs
                            + " ms; say how long it may take");
        }
        runner.decommissionExecutor(executorId, withinMs);
    }

    @Override
    public JobControl jobs() {
        return marks;
    }

    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            shutdown.run();
            leaves.clear();
            releases.clear();
        }
    }

    // ---- leaves -----------------------------------------------------------------------------------------------------

    private PlanNode slices(Origin origin, List<?> rows, int partitions) {
        checkOpen(origin);
        atLeast(rows.isEmpty() ? 0 : 1, partitions, "partitions", origin);
        List<byte[]> pages = new ArrayList<>(partitions);
        for (int i = 0; i < partitions; i++) {
            int from = (int) ((long) i * rows.size() / partitions);
            int to = (int) ((i + 1L) * rows.size() / partitions);
            pages.add(encode(origin, new ArrayList<>(rows.subList(from, to))));
        }
        return leaf(new PlanNode.Slices(nextSetId(), origin, partitions), new LeafSource.Slices(pages));
    }

    private static byte[] encode(Origin origin, List<Object> rows) {
        try {
            return ResultCodec.encode(rows);
        } catch (KindlingException e) {
            throw new KindlingException(e.code(), origin + ": " + e.getMessage(), e);
        }
    }

    private PlanNode files(
            Origin origin,
            String path,
            Format format,
            int recordBytes,
            String delimiter,
            PlanNode.FileInput.Columns columns,
            OptionalInt minPartitions) {
        checkOpen(origin);
        minPartitions.ifPresent(n -> atLeast(1, n, "partitions", origin));
        List<Split> splits;
        try {
            splits = minPartitions.isPresent()
                    ? SplitPlanner.plan(
                            settings.stores(),
                            path,
                            settings.isRecursive(),
                            minPartitions.getAsInt(),
                            format,
                            delimiter)
                    : SplitPlanner.planDefault(
                            settings.stores(),
                            path,
                            settings.isRecursive(),
                            settings.defaultParallelism(),
                            format,
                            delimiter);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.INPUT_NOT_FOUND, origin + ": cannot list " + path + ": " + e.getMessage(), e);
        }
        if (format == Format.RECORDS) {
            RecordReader.check(splits, recordBytes);
        }
        return leaf(
                new PlanNode.FileInput(
                        nextSetId(), origin, path, format, recordBytes, delimiter, columns, splits.size()),
                new LeafSource.Splits(splits));
    }

    /** Those of the application. */
    Stores stores() {
        return settings.stores();
    }

    private PlanNode leaf(PlanNode node, LeafSource source) {
        int id = node.id();
        leaves.put(id, source);
        whenUnreachable(node, () -> leaves.remove(id));
        return node;
    }

    // ---- what handles ask
    // ---------------------------------------------------------------------------------------------

    KindlingContext context() {
        return context;
    }

    SessionSettings settings() {
        return settings;
    }

    JobRunner runner() {
        return runner;
    }

    int nextSetId() {
        return sets.getAndIncrement();
    }

    int nextShuffleId() {
        return shuffles.getAndIncrement();
    }

    PlanNode shuffle(Origin origin, PlanNode parent, int shuffleId, Partitioner by, PlanNode.ReduceSide side) {
        PlanNode node = new PlanNode.Shuffle(nextSetId(), origin, parent, shuffleId, by, side);
        whenUnreachable(node, () -> runner.forgetShuffle(shuffleId));
        return node;
    }

    PersistedSets persisted() {
        return persisted;
    }

    /** Keeps what jobs compute of the set until it is unpersisted, or the program can reach it no more. */
    void persist(Origin origin, SetHandle<?> set, StorageLevel level) {
        int setId = set.id();
        WeakReference<PlanNode> node = new WeakReference<>(set.node);
        boolean isPairs = set instanceof PairRddHandle;
        boolean isDoubles = set instanceof DoubleRddHandle;
        boolean isNew = !persisted.isPersisted(setId);
        persisted.persist(origin, set, level, () -> handleOf(node.get(), isPairs, isDoubles));
        if (isNew) {
            whenUnreachable(set.node, () -> persisted.unpersist(setId, false));
        }
    }

    private RDD<?> handleOf(PlanNode node, boolean isPairs, boolean isDoubles) {
        if (node == null) {
            return null;
        }
        if (isPairs) {
            return new PairRddHandle<>(this, node);
        }
        return isDoubles ? new DoubleRddHandle(this, node) : new RddHandle<>(this, node);
    }

    /** Runs the job on the named partitions and returns when it has ended. */
    void run(
            Origin origin,
            PlanNode root,
            StageBody.Sink sink,
            List<Integer> partitions,
            JobRunner.PartitionResults results) {
        checkOpen(origin);
        try {
            runner.run(request(origin, root, sink, partitions, propertiesOfThisThread()), results);
            checkpoints.afterJob(root);
        } finally {
            // The caller's set may have its last use in this very call: its shuffles are needed until the job has
            // ended.
            Reference.reachabilityFence(root);
        }
    }

    /** A job over all partitions whose results nobody wants. */
    void runOne(Origin origin, PlanNode root, StageBody.Sink sink) {
        List<Integer> all = FirstIndexes.below(root.partitionCount());
        runner.run(request(origin, root, sink, all, propertiesOfThisThread()), (partition, result) -> {});
    }

    /** A set of the rows in these files of ours. */
    PlanNode filesLeaf(Origin origin, String path, List<Split> splits) {
        return leaf(
                new PlanNode.FileInput(nextSetId(), origin, path, Format.OBJECTS, splits.size()),
                new LeafSource.Splits(splits));
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    /** After the next job that has the set in its plan, its lineage is cut. */
    void checkpoint(Origin origin, PlanNode node, boolean isLocal) {
        int setId = node.id();
        if (checkpoints.want(origin, node, isLocal)) {
            whenUnreachable(node, () -> checkpoints.forget(setId));
        }
    }

    /** Those it gives to the jobs it starts. */
    SortedMap<String, String> propertiesOfThisThread() {
        return marks.ofThisThread();
    }

    JobRequest request(
            Origin origin,
            PlanNode root,
            StageBody.Sink sink,
            List<Integer> partitions,
            SortedMap<String, String> properties) {
        dropUnreachable();
        return new JobRequest(
                checkpoints.cut(root), sink, partitions, origin.toString(), properties, leaf -> leaves.get(leaf.id()));
    }

    void checkOpen(Origin origin) {
        if (isClosed.get()) {
            throw new KindlingException(
                    ErrorCode.CLOSED, origin + ": the context " + settings.appName() + " is closed; make a new one");
        }
    }

    int atLeast(int least, int value, String what, Origin origin) {
        if (value < least) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT, origin + ": " + value + " " + what + "; give at least " + least);
        }
        return value;
    }

    // ---- what the program says of its sets
    // ----------------------------------------------------------------------------

    /** @param name null takes it back */
    void name(PlanNode node, String name) {
        int id = node.id();
        if (name == null) {
            names.remove(id);
        } else if (names.put(id, name) == null) {
            whenUnreachable(node, () -> names.remove(id));
        }
    }

    @Override
    public Optional<String> nameOf(int setId) {
        return Optional.ofNullable(names.get(setId));
    }

    @Override
    public StorageLevel levelOf(int setId) {
        return persisted.levelOf(setId);
    }

    @Override
    public boolean isCheckpointed(int setId) {
        return checkpoints.isThere(setId);
    }

    // ---- what the program can no longer reach
    // -------------------------------------------------------------------------

    private void whenUnreachable(Object held, Runnable release) {
        dropUnreachable();
        releases.put(new PhantomReference<>(held, unreachable), release);
    }

    private void dropUnreachable() {
        for (Reference<?> found = unreachable.poll(); found != null; found = unreachable.poll()) {
            drop(found);
        }
    }

    /** Called after a garbage collection: what it has found comes a moment later, from a thread of the JDK. */
    public void dropCollected() {
        try {
            for (Reference<?> found = next(); found != null; found = next()) {
                drop(found);
            }
        } catch (InterruptedException e) {
            // The application ends.
            Thread.currentThread().interrupt();
        }
    }

    private Reference<?> next() throws InterruptedException {
        return unreachable.remove(COLLECTED_WITHIN_MS);
    }

    private void drop(Reference<?> found) {
        Runnable release = releases.remove(found);
        if (release != null && !isClosed.get()) {
            release.run();
        }
    }
}
