package dev.kindling.config;

import java.util.List;

/** Applications on YARN: what is asked of the cluster, and how long. */
public final class YarnKeys {
    public static final ConfigKey<String> QUEUE = ConfigKey.string("kindling.yarn.queue")
            .defaultsTo("")
            .doc("Queue of the application; empty for the one the cluster chooses.");

    public static final ConfigKey<Integer> PRIORITY = ConfigKey.ints("kindling.yarn.priority")
            .defaultsTo(0)
            .between(0, 1_000)
            .doc("Priority among the applications of the queue; higher goes first.");

    public static final ConfigKey<List<String>> TAGS = ConfigKey.list("kindling.yarn.tags")
            .defaultsTo(List.of())
            .doc("Words by which the cluster's tools find the application, with commas between them.");

    public static final ConfigKey<String> VIEW_ACL = ConfigKey.string("kindling.yarn.viewAcl")
            .defaultsTo("")
            .doc("Who beside you may see the application and its logs where the cluster asks (yarn.acl.enable), and the"
                    + " page of its run through the cluster's proxy: users with commas between them, a space, groups;"
                    + " * for everybody.");

    public static final ConfigKey<String> MODIFY_ACL = ConfigKey.string("kindling.yarn.modifyAcl")
            .defaultsTo("")
            .doc("Who beside you may end the application or move it, as in kindling.yarn.viewAcl.");

    public static final ConfigKey<String> AM_LABEL = ConfigKey.string("kindling.yarn.amLabel")
            .defaultsTo("")
            .doc("Node label for the driver's container in --deploy-mode cluster, such as CORE on EMR, where task nodes"
                    + " come and go; empty for the queue's own.");

    public static final ConfigKey<String> EXECUTOR_LABEL = ConfigKey.string("kindling.yarn.executorLabel")
            .defaultsTo("")
            .doc("Node label for executors; empty for the queue's own.");

    /** As the label of those that come and go: nodes that have none. */
    public static final String NO_LABEL = "none";

    public static final ConfigKey<String> ELASTIC_LABEL = ConfigKey.string("kindling.yarn.elasticLabel")
            .defaultsTo("")
            .doc("With kindling.dynamicAllocation.enabled: node label for executors beyond"
                    + " kindling.dynamicAllocation.minExecutors, none for nodes without a label; empty for that of the"
                    + " others. The fewest executors then stay on nodes of kindling.yarn.executorLabel, and what others"
                    + " hold when they leave moves to them.");

    public static final ConfigKey<Long> DRIVER_MEMORY = ConfigKey.bytes("kindling.yarn.driverMemory")
            .defaultsTo(1L << 30)
            .between(64L << 20, 1L << 40)
            .doc("Heap of the driver (-Xmx) in --deploy-mode cluster.");

    public static final ConfigKey<Long> MEMORY_OVERHEAD = ConfigKey.bytes("kindling.yarn.memoryOverhead")
            .defaultsTo(0L)
            .between(0L, 1L << 38)
            .doc(
                    "Memory of a container beside its heap. 0 for what the JVM is allowed to take: direct memory, metaspace,"
                            + " compiled code and stacks. More for native libraries and processes of pipe.");

    public static final ConfigKey<String> STAGING_DIR = ConfigKey.string("kindling.yarn.stagingDir")
            .defaultsTo("")
            .doc("Directory of the cluster's file system for the runtime's jars, which stay there for the next"
                    + " application, and for the application's own files, which do not; empty for .kindling in the user's"
                    + " home directory.");

    public static final ConfigKey<List<String>> FILE_SYSTEMS = ConfigKey.list("kindling.yarn.fileSystems")
            .defaultsTo(List.of())
            .doc("Where Kerberos is used: file systems beside fs.defaultFS that containers have to reach, such as"
                    + " hdfs://other:8020; a delegation token is obtained for each when the application is submitted.");

    public static final ConfigKey<String> JAVA_HOME = ConfigKey.string("kindling.yarn.javaHome")
            .defaultsTo("")
            .doc("Directory of Java 17 or newer on the cluster's nodes; empty for JAVA_HOME of their NodeManagers.");

    public static final ConfigKey<String> JAVA_ARCHIVE = ConfigKey.string("kindling.yarn.javaArchive")
            .defaultsTo("")
            .doc(
                    "A .tar.gz or .zip with a Java 17 or newer for the cluster's machines, for clusters whose own is older:"
                            + " it is sent once, and every node unpacks it once. auto makes one by jlink from the JDK that runs"
                            + " the command, auto:DIR from one in that directory, of the same version, for other processors.");

    public static final ConfigKey<List<String>> ARCHIVES = ConfigKey.list("kindling.yarn.archives")
            .defaultsTo(List.of())
            .doc("Archives that are unpacked into the working directory of every container, under their own names or"
                    + " what follows #: data.zip#dictionary.");

    public static final ConfigKey<Long> LAUNCH_TIMEOUT_MS = ConfigKey.millis("kindling.yarn.launchTimeoutMs")
            .defaultsTo(120_000L)
            .between(1_000L, 3_600_000L)
            .doc("How long an executor may take from the start of its container to its registration; nodes fetch the"
                    + " runtime meanwhile. Later it is replaced.");

    public static final ConfigKey<Long> ACCEPT_TIMEOUT_MS = ConfigKey.millis("kindling.yarn.acceptTimeoutMs")
            .defaultsTo(600_000L)
            .between(1_000L, 86_400_000L)
            .doc("How long an application may wait to be let run by its queue before it is given up.");

    public static final ConfigKey<Long> FAILURE_VALIDITY_MS = ConfigKey.millis("kindling.yarn.failureValidityMs")
            .defaultsTo(3_600_000L)
            .between(1_000L, 86_400_000L)
            .doc("A failure of an executor older than this counts no more, neither against its node nor against the"
                    + " application.");

    public static final ConfigKey<Integer> MAX_EXECUTOR_FAILURES = ConfigKey.ints("kindling.yarn.maxExecutorFailures")
            .defaultsTo(0)
            .between(0, 100_000)
            .doc(
                    "Executors that may fail within kindling.yarn.failureValidityMs before none is replaced any more; 0 for"
                            + " twice the number of executors, and 8 at least. What the cluster takes back does not count.");

    public static final ConfigKey<Long> PREEMPTION_NOTICE_MS = ConfigKey.millis("kindling.yarn.preemptionNoticeMs")
            .defaultsTo(14_000L)
            .between(1_000L, 3_600_000L)
            .doc(
                    "How long the map outputs and cached blocks of an executor have to move when YARN has said that it will"
                            + " preempt its container. A second less than the scheduler waits, by default 15 s:"
                            + " yarn.resourcemanager.monitor.capacity.preemption.max_wait_before_kill.");

    public static final ConfigKey<Long> LOCALITY_WAIT_MS = ConfigKey.millis("kindling.yarn.localityWaitMs")
            .defaultsTo(3_000L)
            .between(0L, 3_600_000L)
            .doc("How long executors are asked for on the hosts whose disks hold the input of running stages, and in"
                    + " their racks, before they are asked for anywhere; 0 for anywhere at once. The cluster may give"
                    + " others earlier. Without effect where executors have a label.");

    public static final ConfigKey<Long> INPUT_WAIT_MS = ConfigKey.millis("kindling.yarn.inputWaitMs")
            .defaultsTo(0L)
            .between(0L, 600_000L)
            .doc("How long the first executors are not asked for, unless a job says before where its input lies. 0 asks"
                    + " for them at once, which is the fastest start; on a cluster that is much larger than the"
                    + " application, a second or two can be worth what is then read from local disks.");

    public static final ConfigKey<Long> SUCCESSOR_TIMEOUT_MS = ConfigKey.millis("kindling.yarn.successorTimeoutMs")
            .defaultsTo(900_000L)
            .between(1_000L, 86_400_000L)
            .doc(
                    "In --deploy-mode cluster: how long executors whose driver's container has ended wait for the driver of the"
                            + " next attempt. YARN takes ten minutes by default to see that a machine is gone, and ends executors"
                            + " of an application that gets no other attempt.");

    static final List<ConfigKey<?>> ALL = List.of(
            QUEUE,
            PRIORITY,
            TAGS,
            VIEW_ACL,
            MODIFY_ACL,
            AM_LABEL,
            EXECUTOR_LABEL,
            ELASTIC_LABEL,
            DRIVER_MEMORY,
            MEMORY_OVERHEAD,
            STAGING_DIR,
            FILE_SYSTEMS,
            JAVA_HOME,
            JAVA_ARCHIVE,
            ARCHIVES,
            LAUNCH_TIMEOUT_MS,
            ACCEPT_TIMEOUT_MS,
            FAILURE_VALIDITY_MS,
            MAX_EXECUTOR_FAILURES,
            PREEMPTION_NOTICE_MS,
            LOCALITY_WAIT_MS,
            INPUT_WAIT_MS,
            SUCCESSOR_TIMEOUT_MS);

    private YarnKeys() {}
}
