package dev.kindling.driver.plan;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.api.Lineage;
import dev.kindling.api.Partitioner;
import dev.kindling.api.StorageLevel;
import dev.kindling.driver.core.JobGraph;
import dev.kindling.driver.core.JobGraph.StageSpec;
import dev.kindling.plan.JobSelection;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.ProgramForm;
import dev.kindling.plan.RangeBounds;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.FrameCodec;
import dev.kindling.rdd.JobFollower;
import dev.kindling.rdd.JobRequest;
import dev.kindling.rdd.JobRunner;
import dev.kindling.rdd.LeafInputs;
import dev.kindling.rdd.SetMarks;
import dev.kindling.serde.ClosureCheck;
import dev.kindling.storage.OutputStore;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an action to a finished job: cuts the plan into stages, finds the bounds of its sorts, writes each stage's
 * program, and has the graph run. Works on the program's threads, several at once.
 *
 * <p>A shuffle's map stage is made once: every later job that reads the shuffle carries the same stage, so that the
 * driver core finds its outputs there and skips it. The bounds of a sort are sampled by a job of their own before the
 * first job that needs them; what that job shuffled stays, and is skipped as well.
 */
public final class JobPlanner implements JobRunner {
    /** Leaves room for the rest of its frame. */
    private static final int MAX_PROGRAM_BYTES = FrameCodec.MAX_FRAME_BYTES - (1 << 20);

    /** Places whose large programs were warned of. */
    private static final int MAX_WARNED = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(JobPlanner.class);

    private final Set<String> warned = ConcurrentHashMap.newKeySet();
    private final JobSubmitter submitter;
    private final PlannerSettings settings;
    private final AtomicInteger jobs = new AtomicInteger();
    private final AtomicInteger stages = new AtomicInteger();
    private final Map<Integer, StageSpec> mapStages = new ConcurrentHashMap<>();
    /** Of shuffles whose map outputs are all there, the first job that needed them. */
    private final Map<Integer, Integer> madeByJob = new ConcurrentHashMap<>();

    private final Set<Integer> persisted = ConcurrentHashMap.newKeySet();
    private final Map<Integer, ReentrantLock> sampling = new ConcurrentHashMap<>();

    public JobPlanner(JobSubmitter submitter, PlannerSettings settings) {
        this.submitter = submitter;
        this.settings = settings;
    }

    @Override
    public void run(JobRequest request, PartitionResults results) {
        try {
            if (request.sink() instanceof StageBody.Sink.FileOutput output) {
                runSaving(request, output);
            } else {
                submit(graphOf(request, request.sink(), Optional.empty()), request.sink(), results);
            }
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        }
    }

    @Override
    public void findBounds(JobRequest request) {
        try {
            mapStagesOf(StageCut.of(request.root(), persisted::contains), request);
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        }
    }

    private static KindlingException interrupted(JobRequest request, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new KindlingException(
                ErrorCode.CANCELLED, request.description() + " was cancelled: its thread was interrupted", cause);
    }

    /** Claims the target before any task runs, also before those of a sample. */
    private void runSaving(JobRequest request, StageBody.Sink.FileOutput output) throws InterruptedException {
        OutputStore store = settings.stores().writing(output.target());
        // Executors may have another working directory.
        String target = store.qualify(output.target());
        try {
            store.claim(target, settings.applicationId());
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.COMMIT_FAILED, request.description() + ": cannot write to " + target + ": " + e, e);
        }
        JobGraph graph;
        try {
            graph = graphOf(request, new StageBody.Sink.FileOutput(target, output.form()), Optional.of(target));
        } catch (KindlingException | InterruptedException e) {
            discard(store, target, e);
            throw e;
        }
        submit(graph, output, (partition, result) -> {});
    }

    private static void discard(OutputStore store, String target, Exception why) {
        try {
            store.discard(target);
        } catch (IOException | KindlingException e) {
            why.addSuppressed(e);
        }
    }

    @Override
    public boolean needsSample(PlanNode root) {
        return StageCut.of(root, persisted::contains).mapStages().values().stream()
                .anyMatch(stage -> stage.shuffle().by() instanceof RangeBounds bounds && !bounds.isResolved());
    }

    @Override
    public StartedJob start(JobRequest request, JobFollower follower) {
        try {
            JobGraph graph = graphOf(request, request.sink(), Optional.empty());
            return submitter.start(graph, new Follower(graph, follower, decoderOf(graph, request.sink())));
        } catch (InterruptedException e) {
            throw interrupted(request, e);
        }
    }

    /** Decodes results on the submitter's threads. */
    private final class Follower implements JobSubmitter.Follower {
        private final JobGraph graph;
        private final JobFollower follower;
        private final ResultDecoder results;

        Follower(JobGraph graph, JobFollower follower, ResultDecoder results) {
            this.graph = graph;
            this.follower = follower;
            this.results = results;
        }

        @Override
        public void onResult(int partition, byte[] encoded) {
            follower.accept(partition, results.decode(encoded));
        }

        @Override
        public boolean wantsProgress() {
            return follower.wantsProgress();
        }

        @Override
        public void onProgress() {
            follower.onProgress();
        }

        @Override
        public void onEnd(Optional<KindlingException> failure) {
            if (failure.isEmpty()) {
                wasRun(graph);
            }
            follower.onEnd(failure);
        }
    }

    private void submit(JobGraph graph, StageBody.Sink sink, PartitionResults results) throws InterruptedException {
        ResultDecoder decoder = decoderOf(graph, sink);
        submitter.run(graph, (partition, encoded) -> results.accept(partition, decoder.decode(encoded)));
        wasRun(graph);
    }

    private ResultDecoder decoderOf(JobGraph graph, StageBody.Sink sink) {
        return new ResultDecoder(settings.userClasses(), graph.description(), sink);
    }

    /** What a job has read was written, whichever job it was. */
    private void wasRun(JobGraph graph) {
        for (StageSpec stage : graph.stages()) {
            stage.readsShuffles().forEach(shuffleId -> madeByJob.putIfAbsent(shuffleId, graph.jobId()));
        }
    }

    // ---- from a request to a graph
    // ------------------------------------------------------------------------------------

    private JobGraph graphOf(JobRequest request, StageBody.Sink sink, Optional<String> target)
            throws InterruptedException {
        StageCut cut = StageCut.of(request.root(), persisted::contains);
        List<StageSpec> graph = mapStagesOf(cut, request);
        graph.add(resultStage(cut.last(), sink, request.description(), request.inputs()));
        return new JobGraph(
                jobs.getAndIncrement(),
                request.description(),
                graph,
                request.partitions(),
                target,
                settings.maxTaskFailures(),
                request.properties());
    }

    private List<StageSpec> mapStagesOf(StageCut cut, JobRequest request) throws InterruptedException {
        List<StageSpec> graph = new ArrayList<>();
        for (StageCut.MapStage mapStage : cut.mapStages().values()) {
            if (mapStage.shuffle().by() instanceof RangeBounds bounds && !bounds.isResolved()) {
                findBounds(mapStage, bounds, graph, request);
            }
            graph.add(mapStageSpec(mapStage, request.inputs()));
        }
        return graph;
    }

    private StageSpec mapStageSpec(StageCut.MapStage mapStage, LeafInputs inputs) {
        return mapStages.computeIfAbsent(mapStage.shuffle().shuffleId(), shuffleId -> {
            int stageId = stages.getAndIncrement();
            PlanNode root = mapStage.stage().root();
            Partitioner by = mapStage.shuffle().by();
            StageBody.Sink sink = new StageBody.Sink.MapOutput(
                    shuffleId,
                    by,
                    mapStage.bucketsPerPartition(),
                    mapStage.shuffle().reduceSide());
            return new StageSpec(
                    stageId,
                    root.origin().toString(),
                    StageCalls.of(root),
                    root.partitionCount(),
                    shuffleId,
                    by.numPartitions(),
                    mapStage.stage().readsShuffles(),
                    programOf(new StageBody(stageId, root, sink)),
                    StageInputs.of(root, inputs),
                    PersistedReads.of(root),
                    by.hasDefaultCount());
        });
    }

    private StageSpec resultStage(StageCut.Stage stage, StageBody.Sink sink, String name, LeafInputs inputs) {
        int stageId = stages.getAndIncrement();
        return new StageSpec(
                stageId,
                name,
                StageCalls.of(stage.root()),
                stage.root().partitionCount(),
                -1,
                0,
                stage.readsShuffles(),
                programOf(new StageBody(stageId, stage.root(), sink)),
                StageInputs.of(stage.root(), inputs),
                PersistedReads.of(stage.root()),
                false);
    }

    /** A stage's program travels to every executor as one frame. */
    private byte[] programOf(StageBody body) {
        byte[] program = ProgramForm.encode(body);
        warnIfLarge(body, program.length);
        if (program.length > MAX_PROGRAM_BYTES) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    body.root().origin() + ": the functions of this stage and what they capture take "
                            + ByteSizes.format(program.length) + ", " + ByteSizes.format(MAX_PROGRAM_BYTES)
                            + " is the most: broadcast the large captured object, or read it from a file");
        }
        return program;
    }

    /** Once for each place of the program: jobs come in loops. */
    private void warnIfLarge(StageBody body, int programBytes) {
        String place = body.root().origin().toString();
        if (programBytes > ClosureCheck.LARGE_CLOSURE_BYTES && warned.size() < MAX_WARNED && warned.add(place)) {
            LOG.warn("{}", largeProgram(body, programBytes));
        }
    }

    /** Names the variable that most of the program consists of. */
    static String largeProgram(StageBody body, long programBytes) {
        List<PlanNode> steps = PlanOrder.parentsFirst(body.root(), node -> false).stream()
                .map(step -> step.withParents(List.of()))
                .toList();
        return ClosureCheck.largeProgram(body.root().origin().toString(), steps, programBytes);
    }

    // ---- bounds of sorts --------------------------------------------------------------------------------------------

    /** One thread samples, others that need the same bounds wait for it. */
    private void findBounds(StageCut.MapStage mapStage, RangeBounds bounds, List<StageSpec> below, JobRequest request)
            throws InterruptedException {
        ReentrantLock lock = sampling.computeIfAbsent(mapStage.shuffle().shuffleId(), id -> new ReentrantLock());
        lock.lockInterruptibly();
        try {
            if (!bounds.isResolved()) {
                List<StageSpec> parents = needed(mapStage.stage(), below);
                KeySample sample = new KeySample(
                        mapStage, bounds, request.inputs(), (root, sink, partitions, inputs, name, answers) -> {
                            List<StageSpec> graph = new ArrayList<>(parents);
                            StageCut.Stage stage =
                                    new StageCut.Stage(root, mapStage.stage().readsShuffles());
                            graph.add(resultStage(stage, sink, name, inputs));
                            submit(
                                    new JobGraph(
                                            jobs.getAndIncrement(),
                                            name,
                                            graph,
                                            partitions,
                                            Optional.empty(),
                                            settings.maxTaskFailures(),
                                            request.properties()),
                                    sink,
                                    answers);
                        });
                sample.findBounds();
            }
        } finally {
            lock.unlock();
        }
        sampling.remove(mapStage.shuffle().shuffleId());
    }

    /** Of the stages made so far, those on which {@code stage} depends. */
    private static List<StageSpec> needed(StageCut.Stage stage, List<StageSpec> made) {
        Set<Integer> wanted = new HashSet<>(stage.readsShuffles());
        List<StageSpec> needed = new ArrayList<>();
        for (int i = made.size() - 1; i >= 0; i--) {
            StageSpec spec = made.get(i);
            if (wanted.contains(spec.shuffleId())) {
                needed.add(0, spec);
                wanted.addAll(spec.readsShuffles());
            }
        }
        return needed;
    }

    // ---- the rest
    // -----------------------------------------------------------------------------------------------------

    @Override
    public void cancel(JobSelection which, String by) {
        submitter.cancel(which, by);
    }

    @Override
    public void decommissionExecutor(String executorId, long withinMs) {
        submitter.decommissionExecutor(executorId, withinMs);
    }

    @Override
    public Lineage lineage(PlanNode root, SetMarks marks) {
        return StageLineage.of(root, StageCut.of(root, persisted::contains), marks, shuffleId -> {
            Integer jobId = madeByJob.get(shuffleId);
            return jobId == null ? OptionalInt.empty() : OptionalInt.of(jobId);
        });
    }

    @Override
    public void forgetShuffle(int shuffleId) {
        madeByJob.remove(shuffleId);
        if (mapStages.remove(shuffleId) != null) {
            submitter.forgetShuffle(shuffleId);
        }
    }

    /** The driver hears of it before it hears of the first job that keeps anything of the set. */
    @Override
    public void persist(int setId, StorageLevel level, int partitionCount) {
        submitter.persist(setId, level, partitionCount);
        persisted.add(setId);
    }

    @Override
    public boolean isKept(int setId) {
        return submitter.isKept(setId);
    }

    @Override
    public void unpersist(int setId, boolean isBlocking) {
        persisted.remove(setId);
        submitter.unpersist(setId, isBlocking);
    }
}
