package dev.kindling.driver.core;

import dev.kindling.protocol.AttemptId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.TreeMap;

/** The unfinished jobs in the order in which they were submitted, which is the order in which they are served. */
final class Jobs {
    private final LinkedHashMap<Integer, Job> unfinished = new LinkedHashMap<>();
    private int submitted;

    /** A result that its executor keeps until it is dropped. */
    record StoredResult(AttemptId attempt, ExecutorState holder) {}

    /** One unfinished job: <em>running</em>, then, when it saves, <em>publishing</em>. */
    static final class Job {
        final JobGraph graph;
        final int order;
        final StageState resultStage;
        /** Result partitions that no accepted attempt has computed yet. */
        final PartitionSet missing;
        /** Stored results that were delivered and wait to be fetched. */
        final TreeMap<Integer, StoredResult> unfetched = new TreeMap<>();
        /** Null for a job that saves nothing. */
        final CommitCore commit;

        boolean isPublishing;

        private Job(JobGraph graph, int order, StageState resultStage, CommitCore commit) {
            this.graph = graph;
            this.order = order;
            this.resultStage = resultStage;
            this.commit = commit;
            missing = new PartitionSet(graph.resultStage().partitionCount());
            graph.resultPartitions().forEach(missing::add);
        }

        int id() {
            return graph.jobId();
        }

        /** True when this very attempt's stored result is being fetched. */
        boolean isUnfetched(AttemptId attempt) {
            StoredResult stored = unfetched.get(attempt.partition());
            return stored != null && stored.attempt.equals(attempt);
        }

        boolean hasAllResults() {
            return missing.isEmpty() && unfetched.isEmpty();
        }
    }

    Job submit(JobGraph graph, StageState resultStage, CommitCore commit) {
        Job job = new Job(graph, submitted++, resultStage, commit);
        unfinished.put(job.id(), job);
        return job;
    }

    /** Null when it is unknown or has ended. */
    Job find(int jobId) {
        return unfinished.get(jobId);
    }

    void end(Job job) {
        unfinished.remove(job.id());
    }

    Collection<Job> unfinished() {
        return unfinished.values();
    }
}
