/// A model of this process for programs of LangChain4j.
// LangChain4j's jar names no module: its name is that of the file
@SuppressWarnings("requires-transitive-automatic")
@org.jspecify.annotations.NullMarked
module dev.tramontane.langchain4j {
    requires static transitive org.jspecify; // as LangChain4j does
    requires transitive dev.tramontane.engine;
    requires dev.tramontane.wire;
    requires transitive langchain4j.core;

    exports dev.tramontane.langchain4j;
}
