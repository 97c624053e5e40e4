package dev.kindling.storage.hdfs;

import dev.kindling.storage.Inputs;

/** Whether Hadoop's client is there. Names no class of it, so that it can be asked without. */
final class HdfsLibrary {
    static final String SCHEME = "hdfs";

    private static final String COORDINATES = "org.apache.hadoop:hadoop-client-runtime:3.4.3";
    // One of what Kindling is compiled against, and one of what that needs to run.
    private static final String[] NEEDED = {
        "org.apache.hadoop.hdfs.DistributedFileSystem", "org.apache.hadoop.shaded.com.ctc.wstx.stax.WstxInputFactory"
    };

    private static volatile boolean isThere;

    private HdfsLibrary() {}

    /** Fails in one sentence when it is missing; later calls cost nothing. */
    static void require(String path) {
        require(path, "is on HDFS");
    }

    /** @param why what the path is, so that Hadoop's client is needed */
    static void require(String path, String why) {
        if (!isThere) {
            for (String name : NEEDED) {
                Inputs.requireClass(name, path + " " + why + ", and Hadoop's client", COORDINATES);
            }
            isThere = true;
        }
    }
}
