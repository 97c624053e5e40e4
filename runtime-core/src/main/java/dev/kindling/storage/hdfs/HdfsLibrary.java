package dev.kindling.storage.hdfs;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;

/** Whether Hadoop's client is there. Names no class of it, so that it can be asked without. */
final class HdfsLibrary {
    static final String SCHEME = "hdfs";

    private static final String COORDINATES = "org.apache.hadoop:hadoop-client-runtime:3.4.3";
    // One of what Kindling is compiled against, and one of what that needs to run.
    private static final String[] NEEDED = {
        "org.apache.hadoop.hdfs.DistributedFileSystem",
        "org.apache.hadoop.thirdparty.com.google.common.base.Preconditions"
    };

    private static volatile boolean isThere;

    private HdfsLibrary() {}

    /** Fails in one sentence when it is missing; later calls cost nothing. */
    static void require(String path) {
        if (isThere) {
            return;
        }
        for (String name : NEEDED) {
            try {
                Class.forName(name, false, HdfsLibrary.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new KindlingException(
                        ErrorCode.BAD_CONFIGURATION,
                        path + " is on HDFS, and Hadoop's client is not on the class path (" + name
                                + " is missing): add " + COORDINATES
                                + " to the program, which brings all that is needed",
                        e);
            }
        }
        isThere = true;
    }
}
