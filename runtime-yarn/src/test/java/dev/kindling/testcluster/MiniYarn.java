package dev.kindling.testcluster;

import dev.kindling.testserver.CommandLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ContainerId;
import org.apache.hadoop.yarn.api.records.ContainerState;
import org.apache.hadoop.yarn.api.records.NodeId;
import org.apache.hadoop.yarn.api.records.NodeLabel;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.server.nodemanager.Context;
import org.apache.hadoop.yarn.server.nodemanager.NodeManager;
import org.apache.hadoop.yarn.server.nodemanager.containermanager.container.Container;
import org.apache.hadoop.yarn.server.resourcemanager.nodelabels.RMNodeLabelsManager;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeDecommissioningEvent;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeEvent;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeEventType;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler;

/**
 * The process of a small YARN over a small HDFS, as {@link CommandLoop} says. What it says first is the directory of its
 * configuration, for {@code HADOOP_CONF_DIR}. Nodes are told by their numbers. Its commands:
 *
 * <pre>
 * containers [APPLICATION]   that run, each as {@code container@node}
 * applications               ids, oldest first
 * state APPLICATION          state, how it ended, and its diagnostics
 * stop-nodemanager NODE      in order, with its containers, as one that is shut down
 * start-nodemanager NODE     again
 * decommission NODE SECONDS  gracefully; recommission NODE takes that back
 * label NODE                 gives it the label CORE; unlabel NODE takes that back
 * </pre>
 */
public final class MiniYarn {

    /** What the mini cluster gives its nodes, whatever they are told. */
    private static final int NODE_MB = 4096;

    private static final int NODE_CORES = 8;

    /** The label that a queue may use; it does not exclude, and no node has it unless told. */
    private static final String LABEL = "CORE";

    /** Of EMR, whose configuration clients of this cluster have. */
    private static final String RELEASE = "emr-7.10.0";

    private final MiniYARNCluster cluster;
    private final NodeManager[] nodes;

    private MiniYarn(MiniYARNCluster cluster, int nodeManagers) {
        this.cluster = cluster;
        this.nodes = new NodeManager[nodeManagers];
        Arrays.setAll(nodes, cluster::getNodeManager);
    }

    /** @param args directory of its files, number of NodeManagers */
    public static void main(String[] args) {
        try {
            run(args);
        } catch (Exception | LinkageError e) {
            // Threads of what had started would keep the process.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(String... args) throws Exception {
        java.nio.file.Path directory = java.nio.file.Path.of(args[0]);
        int nodeManagers = Integer.parseInt(args[1]);
        // Where the mini cluster would put the NodeManagers' files is below the working directory.
        System.setProperty("test.build.data", directory.resolve("build").toString());
        System.setProperty("test.build.dir", directory.resolve("build").toString());
        MiniDFSCluster files = startHdfs(directory);
        Configuration settings = settingsOf(files);
        settings.set(
                YarnConfiguration.FS_NODE_LABELS_STORE_ROOT_DIR,
                directory.resolve("labels").toUri().toString());
        settings.set(YarnConfiguration.NM_ADMIN_USER_ENV, "HADOOP_COMMON_HOME=" + hadoopHome(directory));
        MiniYARNCluster cluster = new MiniYARNCluster("kindling", 1, nodeManagers, 1, 1);
        cluster.init(settings);
        cluster.start();
        if (!cluster.waitForNodeManagersToConnect(30_000)) {
            throw new IOException("the NodeManagers do not connect");
        }
        labelsOf(cluster).addToCluserNodeLabels(List.of(NodeLabel.newInstance(LABEL, false)));
        java.nio.file.Path configuration = Files.createDirectories(directory.resolve("conf"));
        // Clients have the files of a node of EMR, in which addresses of this cluster stand.
        Configuration running = cluster.getConfig();
        asOnEmr(
                configuration.resolve("core-site.xml"),
                "fs.defaultFS",
                files.getURI().toString());
        asOnEmr(configuration.resolve("hdfs-site.xml"));
        asOnEmr(configuration.resolve("mapred-site.xml"));
        asOnEmr(
                configuration.resolve("yarn-site.xml"),
                YarnConfiguration.RM_HOSTNAME,
                "localhost",
                YarnConfiguration.RM_ADDRESS,
                running.get(YarnConfiguration.RM_ADDRESS),
                YarnConfiguration.RM_SCHEDULER_ADDRESS,
                running.get(YarnConfiguration.RM_SCHEDULER_ADDRESS),
                YarnConfiguration.RM_WEBAPP_ADDRESS,
                running.get(YarnConfiguration.RM_WEBAPP_ADDRESS),
                YarnConfiguration.PROXY_ADDRESS,
                running.get(YarnConfiguration.RM_WEBAPP_ADDRESS),
                "yarn.timeline-service.hostname",
                "localhost",
                // A client waits for a ResourceManager that is restarted, but not for minutes.
                YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS,
                "60000",
                YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS,
                "500");
        CommandLoop.run(configuration.toString(), new MiniYarn(cluster, nodeManagers)::perform);
    }

    /** Where nodes have Hadoop, of which containers use the native library, if somebody has built it for this machine. */
    private static java.nio.file.Path hadoopHome(java.nio.file.Path directory) throws Exception {
        java.nio.file.Path home = directory.resolve("hadoop");
        URL library = MiniYarn.class.getResource("/hadoop-native");
        if (library != null) {
            Files.createSymbolicLink(
                    Files.createDirectories(home.resolve("lib")).resolve("native"),
                    java.nio.file.Path.of(library.toURI()));
        }
        return home;
    }

    private static MiniDFSCluster startHdfs(java.nio.file.Path directory) throws IOException {
        Configuration settings = new HdfsConfiguration();
        settings.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("hdfs").toString());
        MiniDFSCluster files =
                new MiniDFSCluster.Builder(settings).numDataNodes(1).build();
        files.waitActive();
        Path home = files.getFileSystem().getHomeDirectory();
        files.getFileSystem().mkdirs(home, new FsPermission((short) 0755));
        return files;
    }

    private static Configuration settingsOf(MiniDFSCluster files) {
        Configuration settings = new YarnConfiguration();
        settings.set(
                CommonConfigurationKeysPublic.FS_DEFAULT_NAME_KEY,
                files.getURI().toString());
        settings.setInt(YarnConfiguration.NM_PMEM_MB, NODE_MB);
        settings.setInt(YarnConfiguration.NM_VCORES, NODE_CORES);
        settings.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 64);
        settings.setInt(YarnConfiguration.RM_NM_HEARTBEAT_INTERVAL_MS, 100);
        settings.setInt(YarnConfiguration.RM_NM_EXPIRY_INTERVAL_MS, 10_000);
        settings.setInt(YarnConfiguration.RM_AM_EXPIRY_INTERVAL_MS, 30_000);
        // With the default nothing is killed for its memory unless there are control groups.
        settings.setBoolean("yarn.nodemanager.resource.memory.enforced", false);
        settings.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, true);
        settings.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
        settings.setInt(YarnConfiguration.NM_CONTAINER_MON_INTERVAL_MS, 300);
        settings.set("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", "99.9");
        queuesOf(settings);
        settings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
        settings.set("yarn.scheduler.capacity.node-locality-delay", "-1");
        settings.set(YarnConfiguration.RM_SCHEDULER, CapacityScheduler.class.getName());
        return settings;
    }

    /** All of the cluster is the default queue's while nobody else uses it, but almost half of it is promised to another. */
    private static void queuesOf(Configuration settings) {
        settings.set("yarn.scheduler.capacity.root.queues", "default,promised,narrow");
        settings.setInt("yarn.scheduler.capacity.root.default.capacity", 45);
        settings.setInt("yarn.scheduler.capacity.root.default.user-limit-factor", 10);
        settings.setInt("yarn.scheduler.capacity.root.promised.capacity", 45);
        settings.setInt("yarn.scheduler.capacity.root.narrow.capacity", 10);
        settings.setInt("yarn.scheduler.capacity.root.narrow.maximum-capacity", 10);
        settings.setBoolean(YarnConfiguration.NODE_LABELS_ENABLED, true);
        for (String queue : List.of("root", "root.default")) {
            settings.set("yarn.scheduler.capacity." + queue + ".accessible-node-labels", LABEL);
            settings.setInt("yarn.scheduler.capacity." + queue + ".accessible-node-labels." + LABEL + ".capacity", 100);
        }
        // A blank is none; without it a queue may use what the one above may.
        settings.set("yarn.scheduler.capacity.root.promised.accessible-node-labels", " ");
        // Containers beyond a queue's share are taken for another one's, after a notice that outlasts every move.
        settings.setBoolean(YarnConfiguration.RM_SCHEDULER_ENABLE_MONITORS, true);
        settings.setInt("yarn.resourcemanager.monitor.capacity.preemption.monitoring_interval", 300);
        settings.setInt("yarn.resourcemanager.monitor.capacity.preemption.max_wait_before_kill", 600_000);
        settings.setInt("yarn.resourcemanager.monitor.capacity.preemption.natural_termination_factor", 1);
        settings.setInt("yarn.resourcemanager.monitor.capacity.preemption.total_preemption_per_round", 1);
    }

    /** Writes the file of this name that {@link #RELEASE} has on its nodes, with some values that win. */
    private static void asOnEmr(java.nio.file.Path file, String... namesAndValues) throws IOException {
        Configuration settings = new Configuration(false);
        settings.addResource(MiniYarn.class.getResource("/" + RELEASE + "/" + file.getFileName()));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.set(namesAndValues[i], namesAndValues[i + 1]);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.writeXml(out);
        }
    }

    private String perform(String[] words) throws Exception {
        switch (words[0]) {
            case "stop-nodemanager" -> nodes[Integer.parseInt(words[1])].stop();
            case "start-nodemanager" -> startNodeManager(Integer.parseInt(words[1]));
            case "label" -> label(Integer.parseInt(words[1]), Set.of(LABEL));
            case "unlabel" -> label(Integer.parseInt(words[1]), Set.of());
            case "decommission" ->
                tellNode(words[1], node -> new RMNodeDecommissioningEvent(node, Integer.parseInt(words[2])));
            case "recommission" -> tellNode(words[1], node -> new RMNodeEvent(node, RMNodeEventType.RECOMMISSION));
            case "containers" -> {
                return containers(words.length > 1 ? words[1] : "");
            }
            case "state" -> {
                var application =
                        cluster.getResourceManager().getRMContext().getRMApps().get(ApplicationId.fromString(words[1]));
                return application.getState() + " " + application.getFinalApplicationStatus() + " "
                        + application.getDiagnostics().toString().replace('\n', ' ');
            }
            case "applications" -> {
                return String.join(
                        " ",
                        cluster.getResourceManager().getRMContext().getRMApps().keySet().stream()
                                .map(ApplicationId::toString)
                                .sorted()
                                .toList());
            }
            default -> throw new IllegalArgumentException("no such command");
        }
        return "";
    }

    /** In place of one that was stopped: under its address, with nothing of what it had. */
    private void startNodeManager(int number) throws Exception {
        Configuration settings = new YarnConfiguration(nodes[number].getConfig());
        // Those of the mini cluster call the ResourceManager by a method; this one by its port.
        settings.set(
                YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS,
                cluster.getResourceManager().getConfig().get(YarnConfiguration.RM_RESOURCE_TRACKER_ADDRESS));
        nodes[number] = new NodeManager();
        nodes[number].init(settings);
        nodes[number].start();
        NodeId id = nodes[number].getNMContext().getNodeId();
        while (!cluster.getResourceManager().getRMContext().getRMNodes().containsKey(id)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void label(int number, Set<String> labels) throws IOException {
        labelsOf(cluster)
                .replaceLabelsOnNode(Map.of(nodes[number].getNMContext().getNodeId(), labels));
    }

    private static RMNodeLabelsManager labelsOf(MiniYARNCluster cluster) {
        return cluster.getResourceManager().getRMContext().getNodeLabelManager();
    }

    /** As an administrator's list of hosts would, which cannot tell nodes of one host from each other. */
    private void tellNode(String number, Function<NodeId, RMNodeEvent> event) {
        NodeId node = nodes[Integer.parseInt(number)].getNMContext().getNodeId();
        cluster.getResourceManager()
                .getRMContext()
                .getDispatcher()
                .getEventHandler()
                .handle(event.apply(node));
    }

    /** Running ones of all NodeManagers, each as {@code container@number of its NodeManager}. */
    private String containers(String application) {
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < nodes.length; i++) {
            Context node = nodes[i].getNMContext();
            for (var entry : List.copyOf(node.getContainers().entrySet())) {
                ContainerId id = entry.getKey();
                Container container = entry.getValue();
                boolean isOfIt = id.getApplicationAttemptId()
                        .getApplicationId()
                        .toString()
                        .startsWith(application);
                if (isOfIt && container.cloneAndGetContainerStatus().getState() != ContainerState.COMPLETE) {
                    found.append(' ').append(id).append('@').append(i);
                }
            }
        }
        return found.toString().strip();
    }
}
