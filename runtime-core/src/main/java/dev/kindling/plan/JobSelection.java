package dev.kindling.plan;

/** Which of the jobs that were submitted so far are meant. */
public sealed interface JobSelection {
    record ById(int jobId) implements JobSelection {}

    /** Those started by threads that were in this job group. */
    record ByGroup(String group) implements JobSelection {}

    /** Those started by threads that had this tag, among others perhaps. */
    record ByTag(String tag) implements JobSelection {}

    record All() implements JobSelection {}
}
