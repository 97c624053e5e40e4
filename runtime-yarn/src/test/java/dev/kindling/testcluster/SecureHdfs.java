package dev.kindling.testcluster;

import dev.kindling.testserver.CommandLoop;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.minikdc.MiniKdc;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.kerby.kerberos.kerb.client.KrbClient;

/**
 * The process of a small HDFS that lets nobody in but by Kerberos, with a key distribution center of its own. It is ready at
 * {@code <directory> <krb5.conf>}, where the directory holds {@code core-site.xml} and {@code alice.ticket}, which is what
 * {@code kinit} leaves for alice, who owns {@code /alice}. Knows no commands.
 */
public final class SecureHdfs {
    private static final String SERVICE = "hdfs/localhost";

    private SecureHdfs() {}

    /** @param args directory of its files */
    public static void main(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[0], "secure"));
        MiniKdc center = new MiniKdc(MiniKdc.createConf(), directory.toFile());
        center.start();
        File serviceKeys = directory.resolve("hdfs.keytab").toFile();
        File aliceKeys = directory.resolve("alice.keytab").toFile();
        center.createPrincipal(serviceKeys, SERVICE, "HTTP/localhost");
        center.createPrincipal(aliceKeys, "alice");
        leaveTicket(center, aliceKeys, directory.resolve("alice.ticket").toFile());

        Configuration settings = settings(center.getRealm(), serviceKeys, args[0]);
        UserGroupInformation.setConfiguration(settings);
        UserGroupInformation.loginUserFromKeytab(SERVICE + "@" + center.getRealm(), serviceKeys.toString());
        MiniDFSCluster cluster = new MiniDFSCluster.Builder(settings, new File(args[0]))
                .numDataNodes(1)
                .build();
        cluster.waitActive();
        DistributedFileSystem files = cluster.getFileSystem();
        org.apache.hadoop.fs.Path home = new org.apache.hadoop.fs.Path("/alice");
        files.mkdirs(home);
        files.setOwner(home, "alice", "users");

        String uri = "hdfs://localhost:" + cluster.getNameNodePort();
        writeClientSettings(directory, uri, center.getRealm());
        CommandLoop.run(directory + " " + center.getKrb5conf(), words -> {
            throw new IllegalArgumentException("no such command");
        });
    }

    private static void leaveTicket(MiniKdc center, File keys, File ticket) throws Exception {
        KrbClient client = new KrbClient();
        client.setKdcHost("localhost");
        client.setKdcRealm(center.getRealm());
        client.setKdcTcpPort(center.getPort());
        client.setAllowUdp(false);
        client.init();
        client.storeTicket(client.requestTgt("alice@" + center.getRealm(), keys), ticket);
    }

    private static Configuration settings(String realm, File keys, String directory) {
        Configuration settings = new HdfsConfiguration();
        settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory);
        settings.set("hadoop.security.authentication", "kerberos");
        for (String server : new String[] {"namenode", "datanode"}) {
            settings.set("dfs." + server + ".kerberos.principal", SERVICE + "@" + realm);
            settings.set("dfs." + server + ".keytab.file", keys.toString());
        }
        settings.set("dfs.web.authentication.kerberos.principal", "HTTP/localhost@" + realm);
        settings.set("dfs.web.authentication.kerberos.keytab", keys.toString());
        settings.setBoolean("dfs.block.access.token.enable", true);
        settings.set("dfs.data.transfer.protection", "authentication");
        // Else its web pages would need certificates.
        settings.setBoolean("ignore.secure.ports.for.testing", true);
        settings.set("dfs.datanode.data.dir.perm", "700");
        return settings;
    }

    private static void writeClientSettings(Path directory, String uri, String realm) throws Exception {
        Configuration client = new Configuration(false);
        client.set("fs.defaultFS", uri);
        client.set("hadoop.security.authentication", "kerberos");
        client.set("dfs.namenode.kerberos.principal", SERVICE + "@" + realm);
        client.set("dfs.data.transfer.protection", "authentication");
        try (var out = Files.newOutputStream(directory.resolve("core-site.xml"))) {
            client.writeXml(out);
        }
    }
}
