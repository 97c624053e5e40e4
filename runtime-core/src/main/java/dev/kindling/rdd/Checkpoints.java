package dev.kindling.rdd;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.Origin;
import dev.kindling.plan.PlanNode;
import dev.kindling.plan.PlanOrder;
import dev.kindling.plan.StageBody;
import dev.kindling.storage.Split;
import dev.kindling.storage.SplitPlanner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sets whose lineage the program wants cut. After the first job that has such a set in its plan, a job of its own
 * computes all of it: into files, complete when {@code _SUCCESS} is there, or into the caches of the executors. From then
 * on, plans are cut there: what the set was made of is no part of any job any more. Safe for many threads.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    private final PlanSession session;
    private final Map<Integer, Checkpoint> wanted = new ConcurrentHashMap<>();
    private volatile String directory;

    /** One set. */
    private static final class Checkpoint {
        private final Origin origin;
        private final boolean isLocal;
        private final AtomicBoolean isBegun = new AtomicBoolean();
        /** What stands in the place of the set; null until it is there. */
        private volatile PlanNode cut;

        private volatile String path;

        Checkpoint(Origin origin, boolean isLocal) {
            this.origin = origin;
            this.isLocal = isLocal;
        }
    }

    Checkpoints(PlanSession session) {
        this.session = session;
    }

    // ---- what the program says ------------------------------------------------------------------------------------

    void setDirectory(Origin origin, String parent) {
        if (parent == null || parent.isBlank()) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": the path is empty; name a directory that all executors can write");
        }
        // A directory of its own: other applications may use the same parent.
        directory = session.stores().writing(parent).qualify(parent) + "/" + UUID.randomUUID();
    }

    Optional<String> directory() {
        return Optional.ofNullable(directory);
    }

    /** True when it is wanted from now on; false when it was before. */
    boolean want(Origin origin, PlanNode node, boolean isLocal) {
        if (!isLocal && directory == null) {
            throw new KindlingException(
                    ErrorCode.BAD_ARGUMENT,
                    origin + ": there is no directory for checkpoints; call setCheckpointDir on the context before");
        }
        return wanted.putIfAbsent(node.id(), new Checkpoint(origin, isLocal)) == null;
    }

    void forget(int setId) {
        wanted.remove(setId);
    }

    boolean isThere(int setId) {
        Checkpoint checkpoint = wanted.get(setId);
        return checkpoint != null && checkpoint.cut != null;
    }

    /** Where its files are, once they are. */
    Optional<String> pathOf(int setId) {
        return isThere(setId) ? Optional.ofNullable(wanted.get(setId).path) : Optional.empty();
    }

    // ---- plans ----------------------------------------------------------------------------------------------------

    /** The plan without what is below the sets that are there. */
    PlanNode cut(PlanNode root) {
        if (wanted.isEmpty()) {
            return root;
        }
        IdentityHashMap<PlanNode, PlanNode> made = new IdentityHashMap<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, node -> isThere(node.id()))) {
            made.put(node, isThere(node.id()) ? wanted.get(node.id()).cut : overParents(node, made));
        }
        return made.get(root);
    }

    private static PlanNode overParents(PlanNode node, IdentityHashMap<PlanNode, PlanNode> made) {
        List<PlanNode> parents = node.parents().stream().map(made::get).toList();
        boolean isSame = IntStream.range(0, parents.size())
                .allMatch(i -> parents.get(i) == node.parents().get(i));
        return isSame ? node : node.withParents(parents);
    }

    /** Computes what is wanted and not there yet of the sets in the plan; by the thread whose job has just ended. */
    void afterJob(PlanNode root) {
        if (wanted.isEmpty() || wanted.values().stream().allMatch(checkpoint -> checkpoint.isBegun.get())) {
            return;
        }
        List<PlanNode> due = new ArrayList<>();
        for (PlanNode node : PlanOrder.parentsFirst(root, node -> isThere(node.id()))) {
            Checkpoint checkpoint = wanted.get(node.id());
            if (checkpoint != null && checkpoint.isBegun.compareAndSet(false, true)) {
                due.add(node);
            }
        }
        due.forEach(node -> make(node, wanted.get(node.id())));
    }

    private void make(PlanNode node, Checkpoint checkpoint) {
        boolean isMade = false;
        try {
            isMade = checkpoint.isLocal ? makeLocal(node, checkpoint) : makeFiles(node, checkpoint);
        } finally {
            if (!isMade) {
                checkpoint.isBegun.set(false);
            }
        }
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    private boolean makeFiles(PlanNode node, Checkpoint checkpoint) {
        String path = directory + "/rdd-" + node.id();
        StageBody.Sink sink = new StageBody.Sink.FileOutput(path, StageBody.Sink.FileOutput.Form.OBJECTS);
        session.runOne(checkpoint.origin, node, sink);
        PlanNode files = filesOf(checkpoint.origin, path);
        if (files.partitionCount() != node.partitionCount()) {
            throw new KindlingException(
                    ErrorCode.INTERNAL,
                    checkpoint.origin + ": " + path + " has " + files.partitionCount() + " files instead of "
                            + node.partitionCount());
        }
        checkpoint.path = path;
        checkpoint.cut = new PlanNode.Checkpointed(
                node.id(), node.origin(), files, node.partitioner().orElse(null));
        return true;
    }

    /** The files of a checkpoint, a partition each. */
    PlanNode filesOf(Origin origin, String path) {
        try {
            List<Split> splits = SplitPlanner.parts(session.stores(), path);
            return session.filesLeaf(origin, path, splits);
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.INPUT_NOT_FOUND,
                    origin + ": cannot read the checkpoint " + path + ": " + e.getMessage(),
                    e);
        }
    }

    // ---- on executors ---------------------------------------------------------------------------------------------

    private boolean makeLocal(PlanNode node, Checkpoint checkpoint) {
        session.runOne(checkpoint.origin, node, new StageBody.Sink.Result(Actions.CountRows.ALL));
        if (!session.runner().isKept(node.id())) {
            LOG.warn(
                    "{}: some partition of set {} could not be kept, for want of disk space or because an executor was"
                            + " lost meanwhile; its lineage is not cut yet",
                    checkpoint.origin,
                    node.id());
            return false;
        }
        PlanNode kept = new PlanNode.Kept(session.nextSetId(), node.origin(), node.partitionCount());
        checkpoint.cut = new PlanNode.Checkpointed(
                node.id(), node.origin(), kept, node.partitioner().orElse(null));
        return true;
    }
}
