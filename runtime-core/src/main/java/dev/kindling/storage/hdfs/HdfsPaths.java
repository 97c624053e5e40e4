package dev.kindling.storage.hdfs;

/** {@code hdfs:} paths as users write them. Nothing is percent-decoded: a name is what it says. */
final class HdfsPaths {
    private HdfsPaths() {}

    /** The NameNode, or empty for the default file system: {@code hdfs:/a} and {@code hdfs:///a}. */
    static String authorityOf(String path) {
        String rest = path.substring(HdfsLibrary.SCHEME.length() + 1);
        return rest.startsWith("//") ? rest.substring(2, rootOf(rest)) : "";
    }

    /** From the root on; {@code /} for a path that names only the NameNode. */
    static String nameOf(String path) {
        String rest = path.substring(HdfsLibrary.SCHEME.length() + 1);
        String name = rest.startsWith("//") ? rest.substring(rootOf(rest)) : rest;
        return name.isEmpty() ? "/" : name;
    }

    private static int rootOf(String rest) {
        int root = rest.indexOf('/', 2);
        return root < 0 ? rest.length() : root;
    }
}
