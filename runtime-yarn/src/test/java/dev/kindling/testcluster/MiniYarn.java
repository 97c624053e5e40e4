package dev.kindling.testcluster;

import dev.kindling.testserver.CommandLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.List;
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
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;
import org.apache.hadoop.yarn.server.nodemanager.Context;
import org.apache.hadoop.yarn.server.nodemanager.containermanager.container.Container;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeDecommissioningEvent;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeEvent;
import org.apache.hadoop.yarn.server.resourcemanager.rmnode.RMNodeEventType;
import org.apache.hadoop.yarn.server.resourcemanager.scheduler.capacity.CapacityScheduler;

/**
 * The process of a small YARN over a small HDFS, as {@link CommandLoop} says. What it says first is the directory of its
 * configuration, for {@code HADOOP_CONF_DIR}.
 */
public final class MiniYarn {
    private static final int NODE_MB = 3072;
    private static final int NODE_CORES = 8;

    private final MiniYARNCluster cluster;
    private final int nodeManagers;

    private MiniYarn(MiniYARNCluster cluster, int nodeManagers) {
        this.cluster = cluster;
        this.nodeManagers = nodeManagers;
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
        MiniYARNCluster cluster = new MiniYARNCluster("kindling", 1, nodeManagers, 1, 1);
        cluster.init(settings);
        cluster.start();
        if (!cluster.waitForNodeManagersToConnect(30_000)) {
            throw new IOException("the NodeManagers do not connect");
        }
        java.nio.file.Path configuration = Files.createDirectories(directory.resolve("conf"));
        write(
                configuration.resolve("core-site.xml"),
                "fs.defaultFS",
                files.getURI().toString(),
                // As on EMR, where the settings of clients name classes that only its own machines have.
                "io.compression.codecs",
                "org.apache.hadoop.io.compress.GzipCodec,com.hadoop.compression.lzo.LzoCodec",
                "io.compression.codec.lzo.class",
                "com.hadoop.compression.lzo.LzoCodec",
                "fs.s3.impl",
                "com.amazon.ws.emr.hadoop.fs.EmrFileSystem",
                "fs.AbstractFileSystem.s3.impl",
                "org.apache.hadoop.fs.s3.EMRFSDelegate");
        Configuration running = cluster.getConfig();
        write(
                configuration.resolve("yarn-site.xml"),
                YarnConfiguration.RM_ADDRESS,
                running.get(YarnConfiguration.RM_ADDRESS),
                YarnConfiguration.RM_SCHEDULER_ADDRESS,
                running.get(YarnConfiguration.RM_SCHEDULER_ADDRESS),
                YarnConfiguration.RM_WEBAPP_ADDRESS,
                running.get(YarnConfiguration.RM_WEBAPP_ADDRESS),
                // As on EMR: its clients know a timeline server, and a name for the label of masters that is not
                // Hadoop's.
                "yarn.timeline-service.enabled",
                "true",
                "yarn.timeline-service.hostname",
                "localhost",
                "yarn.node-labels.am.default-node-label-expression",
                "CORE",
                // There, too, a client waits for a ResourceManager that is restarted.
                YarnConfiguration.RESOURCEMANAGER_CONNECT_MAX_WAIT_MS,
                "60000",
                YarnConfiguration.RESOURCEMANAGER_CONNECT_RETRY_INTERVAL_MS,
                "500");
        CommandLoop.run(configuration.toString(), new MiniYarn(cluster, nodeManagers)::perform);
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
        settings.set("yarn.scheduler.capacity.root.queues", "default,narrow");
        settings.set("yarn.scheduler.capacity.root.default.capacity", "90");
        settings.set("yarn.scheduler.capacity.root.narrow.capacity", "10");
        settings.set("yarn.scheduler.capacity.root.narrow.maximum-capacity", "10");
        settings.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1.0");
        settings.set("yarn.scheduler.capacity.node-locality-delay", "-1");
        settings.set(YarnConfiguration.RM_SCHEDULER, CapacityScheduler.class.getName());
        return settings;
    }

    private static void write(java.nio.file.Path file, String... namesAndValues) throws IOException {
        Configuration settings = new Configuration(false);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            settings.set(namesAndValues[i], namesAndValues[i + 1]);
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            settings.writeXml(out);
        }
    }

    private String perform(String[] words) throws Exception {
        switch (words[0]) {
            case "stop-nodemanager" ->
                cluster.getNodeManager(Integer.parseInt(words[1])).stop();
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

    /** As an administrator's list of hosts would, which cannot tell nodes of one host from each other. */
    private void tellNode(String number, Function<NodeId, RMNodeEvent> event) {
        NodeId node =
                cluster.getNodeManager(Integer.parseInt(number)).getNMContext().getNodeId();
        cluster.getResourceManager()
                .getRMContext()
                .getDispatcher()
                .getEventHandler()
                .handle(event.apply(node));
    }

    /** Running ones of all NodeManagers, each as {@code container@number of its NodeManager}. */
    private String containers(String application) {
        StringBuilder found = new StringBuilder();
        for (int i = 0; i < nodeManagers; i++) {
            Context node = cluster.getNodeManager(i).getNMContext();
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
