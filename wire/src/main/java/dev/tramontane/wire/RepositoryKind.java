package dev.tramontane.wire;

/// What a repository of a hub holds, which decides where it lies there.
enum RepositoryKind {
    MODEL("model", "api/models/", ""),
    DATASET("data set", "api/datasets/", "datasets/");

    private final String word;
    private final String api;
    private final String place;

    RepositoryKind(String word, String api, String place) {
        this.word = word;
        this.api = api;
        this.place = place;
    }

    /// For people.
    String word() {
        return word;
    }

    /// What comes before `owner/repo` where the hub is asked about it.
    String api() {
        return api;
    }

    /// What comes before `owner/repo` where its pages and files are.
    String place() {
        return place;
    }
}
