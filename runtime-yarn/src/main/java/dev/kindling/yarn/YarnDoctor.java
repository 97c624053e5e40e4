package dev.kindling.yarn;

import dev.kindling.api.KindlingException;
import dev.kindling.config.Config;
import dev.kindling.config.YarnKeys;
import dev.kindling.storage.hdfs.HadoopSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.api.records.NodeReport;
import org.apache.hadoop.yarn.api.records.NodeState;
import org.apache.hadoop.yarn.api.records.QueueACL;
import org.apache.hadoop.yarn.api.records.QueueInfo;
import org.apache.hadoop.yarn.api.records.QueueState;
import org.apache.hadoop.yarn.api.records.QueueUserACLInfo;
import org.apache.hadoop.yarn.api.records.Resource;
import org.apache.hadoop.yarn.client.api.YarnClient;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.exceptions.YarnException;

/**
 * Whether an application of these settings would run: asks what the cluster offers, and tries the staging directory. Starts
 * nothing. Each finding is a line; what is wrong says what to change.
 */
final class YarnDoctor {
    private static final int CONNECT_MS = 10_000;
    private static final int RETRY_MS = 500;

    /** Their web pages are asked one after the other. */
    private static final int MAX_PROBED_NODES = 20;

    /** Of those lost. */
    private static final int MAX_NAMED_NODES = 10;

    /** Of clocks. Kerberos allows five minutes, containers must be started within ten by the node's own clock. */
    private static final long MAX_AHEAD_MS = 60_000;

    private static final String DEFAULT_QUEUE = "default";

    private final Config config;
    private final Consumer<String> out;
    private final int connectMs;
    private boolean isWell = true;

    YarnDoctor(Config config, Consumer<String> out) {
        this(config, out, CONNECT_MS);
    }

    /** @param connectMs how long the ResourceManager is tried */
    YarnDoctor(Config config, Consumer<String> out, int connectMs) {
        this.config = config;
        this.out = out;
        this.connectMs = connectMs;
    }

    /** Tells line by line what it finds; whether nothing stands in the way. */
    boolean examine() {
        Configuration settings = YarnLauncher.settingsOf(config);
        // What is not there is said soon; Hadoop's own patience is a quarter of an hour.
        settings.setInt(YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS, connectMs);
        settings.setInt(YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS, RETRY_MS);
        settings.setInt("ipc.client.connect.max.retries", 1);
        settings.setInt("ipc.client.connect.timeout", connectMs);
        tell("configuration", HadoopSettings.directory().map(Object::toString).orElse("HADOOP_CONF_DIR is not set"));
        try {
            InetSocketAddress address = ResourceManagerAddress.of(settings);
            tell("ResourceManager", address.getHostString() + ":" + address.getPort());
        } catch (KindlingException e) {
            return wrong("ResourceManager", e.getMessage());
        }
        try (Submission cluster = new Submission(config, settings)) {
            askCluster(cluster.client());
        } catch (IOException | YarnException e) {
            wrong(
                    "ResourceManager",
                    "it does not answer: " + Submission.firstLine(e.getMessage())
                            + "; is HADOOP_CONF_DIR the configuration of the cluster, does the cluster run, and does a"
                            + " firewall let this machine through?");
        }
        tryStaging(settings);
        return isWell;
    }

    private void askCluster(YarnClient client) throws IOException, YarnException {
        List<NodeReport> nodes = client.getNodeReports(NodeState.RUNNING);
        for (NodeReport node : client.getNodeReports(NodeState.UNHEALTHY)) {
            tell(
                    "node " + node.getNodeId(),
                    "is not healthy and gets no containers: " + unhealthy(node.getHealthReport()));
        }
        List<NodeReport> lost = client.getNodeReports(NodeState.LOST);
        if (!lost.isEmpty()) {
            tell("nodes lost", lost(lost));
        }
        if (nodes.isEmpty()) {
            wrong("nodes", "no NodeManager runs, so no container could start; the ResourceManager's page shows why");
        } else {
            tell("nodes", nodes.size() + " run");
        }
        Optional<QueueInfo> queue = checkQueue(client);
        Set<String> accessible = queue.map(QueueInfo::getAccessibleNodeLabels).orElse(Set.of("*"));
        ExecutorLabels labels = ExecutorLabels.of(config);
        checkLabel(client, accessible, "driver", config.get(YarnKeys.AM_LABEL));
        checkLabel(client, accessible, "executors", labels.base());
        if (labels.elastic().isPresent()) {
            checkLabel(
                    client,
                    accessible,
                    "executors that come and go",
                    labels.elastic().get());
        }
        checkSizes(client, nodes);
        checkMachines(nodes);
    }

    /** What a NodeManager says of itself, and what to do. */
    static String unhealthy(String report) {
        String said = Submission.firstLine(report);
        return said
                + (said.contains("usable space")
                        ? "; free space on its disks, or raise"
                                + " yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage"
                        : said.contains("-dirs")
                                ? "; its disks, or who may write to these directories, are to be put right there"
                                : "; see the log of its NodeManager and the script of"
                                        + " yarn.nodemanager.health-checker.script.path, or replace the node");
    }

    /** Machines that were given back without a decommissioning stay among them, so it is not wrong by itself. */
    static String lost(List<NodeReport> nodes) {
        List<String> named = nodes.stream()
                .limit(MAX_NAMED_NODES)
                .map(node -> node.getNodeId().toString())
                .toList();
        return nodes.size() + ", not heard of any more: " + String.join(", ", named)
                + (nodes.size() > named.size() ? ", ..." : "")
                + "; where such a machine still runs, start its NodeManager (on EMR: systemctl start"
                + " hadoop-yarn-nodemanager) or let it through to the ResourceManager";
    }

    private Optional<QueueInfo> checkQueue(YarnClient client) throws IOException, YarnException {
        String configured = config.get(YarnKeys.QUEUE);
        String name = configured.isEmpty() ? DEFAULT_QUEUE : configured;
        QueueInfo queue = client.getQueueInfo(name);
        if (queue == null) {
            List<String> leaves = new ArrayList<>();
            for (QueueInfo other : client.getAllQueues()) {
                if (other.getChildQueues().isEmpty()) {
                    leaves.add(other.getQueueName());
                }
            }
            if (configured.isEmpty()) {
                tell("queue", "the cluster chooses one of " + String.join(", ", leaves));
            } else {
                wrong(
                        "queue",
                        "there is no queue " + name + "; use one of " + String.join(", ", leaves) + " (--queue)");
            }
            return Optional.empty();
        }
        if (queue.getQueueState() != QueueState.RUNNING) {
            wrong("queue", name + " is " + queue.getQueueState() + " and takes no application; use another (--queue)");
        } else if (!maySubmitTo(queue, client.getQueueAclsInfo())) {
            wrong(
                    "queue",
                    "you may not submit to " + name + "; use another (--queue), or have its administrator name you in"
                            + " acl_submit_applications");
        } else {
            tell("queue", name + ", " + Math.round(queue.getCurrentCapacity() * 100) + "% of its share in use");
        }
        return Optional.of(queue);
    }

    /** @param rights of who asks, as the cluster tells them */
    static boolean maySubmitTo(QueueInfo queue, List<QueueUserACLInfo> rights) {
        for (QueueUserACLInfo acls : rights) {
            String name = acls.getQueueName();
            if (name.equals(queue.getQueueName()) || name.equals(queue.getQueuePath())) {
                return acls.getUserAcls().contains(QueueACL.SUBMIT_APPLICATIONS);
            }
        }
        // A scheduler that tells no rights is one that has none to tell.
        return true;
    }

    private void checkLabel(YarnClient client, Set<String> accessible, String whose, String label)
            throws IOException, YarnException {
        if (label.isEmpty()) {
            return;
        }
        Set<String> known = new TreeSet<>();
        for (NodeLabel nodeLabel : client.getClusterNodeLabels()) {
            known.add(nodeLabel.getName());
        }
        if (!known.contains(label)) {
            wrong(
                    "label of " + whose,
                    "the cluster has no label " + label + (known.isEmpty() ? " and no other" : ", it has " + known)
                            + "; leave it out, or make it (yarn rmadmin -addToClusterNodeLabels; on EMR set"
                            + " yarn.node-labels.enabled)");
        } else if (client.getLabelsToNodes(Set.of(label))
                .getOrDefault(label, Set.of())
                .isEmpty()) {
            wrong("label of " + whose, "no node has label " + label + "; label one, or leave it out");
        } else if (!accessible.contains("*") && !accessible.contains(label)) {
            wrong(
                    "label of " + whose,
                    "the queue may not use label " + label
                            + "; use another one (--queue), or set its accessible-node-labels");
        } else {
            tell("label of " + whose, label);
        }
    }

    private void checkSizes(YarnClient client, List<NodeReport> nodes) throws IOException, YarnException {
        // Draws an application's id, which is all that stays of it.
        Resource most = client.createApplication().getNewApplicationResponse().getMaximumResourceCapability();
        ExecutorSize executor = ExecutorSize.of(config);
        long driverMb = ExecutorSize.containerMb(config.get(YarnKeys.DRIVER_MEMORY) >> 20, 1, config);
        checkSize(
                "executor",
                executor.containerMb(),
                executor.cores(),
                most,
                nodes,
                "--executor-memory, --executor-cores");
        checkSize("driver", driverMb, 1, most, nodes, "--driver-memory");
    }

    private void checkSize(String what, long mb, int cores, Resource most, List<NodeReport> nodes, String options) {
        long largestMb = nodes.stream()
                .mapToLong(node -> node.getCapability().getMemorySize())
                .max()
                .orElse(Long.MAX_VALUE);
        String subject = "container of " + what;
        String problem = problemOf(mb, cores, most, largestMb, options);
        if (problem.isEmpty()) {
            tell(
                    subject,
                    mb + " MiB and " + coresOf(cores) + " of at most " + most.getMemorySize() + " MiB and "
                            + coresOf(most.getVirtualCores()));
        } else {
            wrong(subject, problem);
        }
    }

    /** Why no container of this size would come; empty when one may. */
    static String problemOf(long mb, int cores, Resource most, long largestMb, String options) {
        String size = mb + " MiB and " + coresOf(cores);
        if (mb > most.getMemorySize() || cores > most.getVirtualCores()) {
            return size + ", more than the " + most.getMemorySize() + " MiB and " + coresOf(most.getVirtualCores())
                    + " that the cluster gives one container; ask for less (" + options
                    + "), or raise yarn.scheduler.maximum-allocation-mb and -vcores";
        }
        return mb > largestMb
                ? size + ", more than the " + largestMb + " MiB of the largest node; ask for less (" + options
                        + "), or use larger nodes"
                : "";
    }

    private static String coresOf(int count) {
        return count == 1 ? "1 core" : count + " cores";
    }

    /** Clocks, and Java where containers take that of their NodeManager. */
    void checkMachines(List<NodeReport> nodes) {
        Map<String, Integer> versions = new TreeMap<>();
        int silent = 0;
        for (NodeReport node : nodes.subList(0, Math.min(nodes.size(), MAX_PROBED_NODES))) {
            try {
                NodeProbe probe = NodeProbe.of(node.getHttpAddress());
                versions.merge(probe.java(), 1, Integer::sum);
                probe.clockAheadMs()
                        .ifPresent(ahead -> checkClock(node.getNodeId().toString(), ahead));
                if (probe.isJavaTooOld() && isJavaOfNodes()) {
                    wrong(
                            "Java of " + node.getNodeId(),
                            probe.java() + ", and 17 is needed; name a newer one that the nodes have (--java-home), or"
                                    + " bring one along (--java-archive)");
                }
            } catch (IOException e) {
                silent++;
            }
        }
        versions.remove("");
        tell(
                "Java of nodes",
                !isJavaOfNodes()
                        ? "not theirs is used, but the one that is named"
                        : versions.isEmpty() ? "not told by them" : String.join(", ", versions.keySet()));
        if (silent > 0) {
            tell("pages of nodes", silent + " cannot be reached from here; their clocks and Java are not known");
        }
    }

    private boolean isJavaOfNodes() {
        return config.get(YarnKeys.JAVA_HOME).isEmpty()
                && config.get(YarnKeys.JAVA_ARCHIVE).isEmpty();
    }

    private void checkClock(String whose, long aheadMs) {
        String problem = problemOfClock(aheadMs);
        if (!problem.isEmpty()) {
            wrong("clock of " + whose, problem);
        }
    }

    /** Empty for a difference that does no harm. */
    static String problemOfClock(long aheadMs) {
        return Math.abs(aheadMs) <= MAX_AHEAD_MS
                ? ""
                : Math.abs(aheadMs) / 1_000 + " s " + (aheadMs > 0 ? "ahead of" : "behind")
                        + " this machine's, so tokens may be refused; set both by NTP (chronyd)";
    }

    private void tryStaging(Configuration settings) {
        try {
            String user = MasterSession.user();
            Path staging = YarnLauncher.stagingDirectory(config, settings, user);
            FileSystem files = staging.getFileSystem(settings);
            ContentStore shared = RuntimeFiles.shared(files, staging, user);
            RuntimeFiles.own(files, staging, user);
            Path probe = new Path(staging, ".doctor-" + UUID.randomUUID());
            long aheadMs;
            files.create(probe, false).close();
            try {
                aheadMs = files.getFileStatus(probe).getModificationTime() - System.currentTimeMillis();
            } finally {
                files.delete(probe, false);
            }
            tell(
                    "staging directory",
                    staging + ", runtime fetched once by every node" + (shared.isReachable() ? "" : " and user"));
            checkClock("the file system", aheadMs);
        } catch (IOException e) {
            wrong(
                    "staging directory",
                    "cannot be used: " + Submission.firstLine(e.getMessage())
                            + "; make a directory of yours on fs.defaultFS (hdfs dfs -mkdir, -chown), or name one by"
                            + " kindling.yarn.stagingDir");
        } catch (KindlingException e) {
            wrong("staging directory", e.getMessage());
        }
    }

    private void tell(String what, String finding) {
        out.accept("%-24s %s".formatted(what, finding));
    }

    private boolean wrong(String what, String finding) {
        isWell = false;
        tell(what, "WRONG: " + finding);
        return false;
    }
}
