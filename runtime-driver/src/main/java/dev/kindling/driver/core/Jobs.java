package dev.kindling.driver.core;

import dev.kindling.event.JobProperties;
import dev.kindling.plan.JobSelection;
import dev.kindling.protocol.AttemptId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.TreeMap;

/** The unfinished jobs in the order in which they were submitted, which is the order in which they are served. */
final class Jobs {
    private final LinkedHashMap<Integer, Job> unfinished = new LinkedHashMap<>();
    private int submitted;

    /** A result that its executor keeps until it is dropped. */
    record StoredResult(AttemptId attempt, ExecutorState holder, long byteCount) {}

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

        final ResultBudget budget;

        boolean isPublishing;

        private Job(JobGraph graph, int order, StageState resultStage, CommitCore commit, ResultBudget budget) {
            this.budget = budget;
            this.graph = graph;
            this.order = order;
            this.resultStage = resultStage;
            this.commit = commit;
            missing = resultStage.missing;
        }

        int id() {
            return graph.jobId();
        }

        boolean isIn(JobSelection which) {
            if (which instanceof JobSelection.ById one) {
                return one.jobId() == id();
            }
            if (which instanceof JobSelection.ByGroup group) {
                return JobProperties.groupOf(graph.properties()).equals(Optional.of(group.group()));
            }
            return !(which instanceof JobSelection.ByTag tag)
                    || JobProperties.tagsOf(graph.properties()).contains(tag.tag());
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

    Job submit(JobGraph graph, StageState resultStage, CommitCore commit, ResultBudget budget) {
        Job job = new Job(graph, submitted++, resultStage, commit, budget);
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

    /** Why a job of the selection was cancelled. */
    static String words(JobSelection which) {
        if (which instanceof JobSelection.ByGroup group) {
            return "its group '" + group.group() + "' was cancelled";
        }
        if (which instanceof JobSelection.ByTag tag) {
            return "jobs with tag '" + tag.tag() + "' were cancelled";
        }
        return which instanceof JobSelection.All ? "all jobs were cancelled" : "it alone was cancelled";
    }

    /** Whether a result that is stored there has still to be fetched. */
    boolean hasUnfetchedOn(ExecutorState executor) {
        return unfinished.values().stream()
                .flatMap(job -> job.unfetched.values().stream())
                .anyMatch(stored -> stored.holder == executor);
    }

    Collection<Job> unfinished() {
        return unfinished.values();
    }
}
