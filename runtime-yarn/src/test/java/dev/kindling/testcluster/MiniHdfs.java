package dev.kindling.testcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;

/**
 * The process of a small HDFS. Says {@code ready <uri>} on its standard output, then obeys one command a line of its
 * standard input, answering each with {@code ok} or {@code failed <why>}. It ends when its standard input does, so that
 * it never outlives who started it.
 */
public final class MiniHdfs {
    private final MiniDFSCluster cluster;
    private final List<MiniDFSCluster.DataNodeProperties> stopped = new ArrayList<>();

    private MiniHdfs(MiniDFSCluster cluster) {
        this.cluster = cluster;
    }

    /** @param args directory of its files, number of DataNodes, port of the NameNode or 0 */
    public static void main(String[] args) throws IOException {
        java.nio.file.Path directory = java.nio.file.Path.of(args[0]);
        Files.createDirectories(directory);
        Configuration settings = new HdfsConfiguration();
        settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.toString());
        // Small blocks, so that small files have several.
        settings.setLong("dfs.namenode.fs-limits.min-block-size", 1024);
        settings.setInt("dfs.namenode.heartbeat.recheck-interval", 500);
        settings.setInt("dfs.heartbeat.interval", 1);
        settings.setBoolean("dfs.permissions.enabled", true);
        settings.set("dfs.datanode.data.dir.perm", "700");
        MiniDFSCluster cluster = new MiniDFSCluster.Builder(settings, directory.toFile())
                .numDataNodes(Integer.parseInt(args[1]))
                .nameNodePort(Integer.parseInt(args[2]))
                .build();
        cluster.waitActive();
        say("ready hdfs://localhost:" + cluster.getNameNodePort());
        new MiniHdfs(cluster).obey();
        // Orderly ends of its servers take seconds, and nobody needs their files.
        Runtime.getRuntime().halt(0);
    }

    private void obey() throws IOException {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = commands.readLine();
        while (line != null) {
            String answer;
            try {
                answer = ("ok " + perform(line.split(" "))).strip();
            } catch (IOException | RuntimeException e) {
                answer = "failed " + e;
            }
            say(answer);
            line = commands.readLine();
        }
    }

    private String perform(String[] words) throws IOException {
        switch (words[0]) {
            case "stop-datanode" -> stopDataNode(Integer.parseInt(words[1]));
            case "start-datanodes" -> startDataNodes();
            case "corrupt" -> {
                return corruptOneReplica(words[1]);
            }
            case "put" -> {
                cluster.getFileSystem().copyFromLocalFile(new Path(words[1]), new Path(words[2]));
                return words[2];
            }
            default -> throw new IllegalArgumentException("no such command");
        }
        return "";
    }

    /** The DataNode that listens on this port. */
    private void stopDataNode(int port) {
        for (int i = 0; i < cluster.getDataNodes().size(); i++) {
            if (cluster.getDataNodes().get(i).getXferPort() == port) {
                stopped.add(cluster.stopDataNode(i));
                return;
            }
        }
        throw new IllegalArgumentException("no DataNode has port " + port);
    }

    private void startDataNodes() throws IOException {
        for (MiniDFSCluster.DataNodeProperties dataNode : stopped) {
            cluster.restartDataNode(dataNode, true);
        }
        stopped.clear();
        cluster.waitActive();
    }

    /** Spoils bytes of the first block on the DataNode that readers would ask first. */
    private String corruptOneReplica(String path) throws IOException {
        LocatedBlock block = DFSTestUtil.getAllBlocks(cluster.getFileSystem(), new Path(path))
                .get(0);
        String holder = block.getLocations()[0].getDatanodeUuid();
        for (int i = 0; i < cluster.getDataNodes().size(); i++) {
            if (cluster.getDataNodes().get(i).getDatanodeUuid().equals(holder)) {
                cluster.corruptReplica(i, block.getBlock());
                return holder;
            }
        }
        throw new IllegalArgumentException("no DataNode holds " + block.getBlock());
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
