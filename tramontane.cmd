@echo off
rem Starts Tramontane on Windows: finds a JDK 25 or newer, builds once (and again when sources have
rem changed), sets the flags that the JVM needs, and runs the command line. Exit codes are those of the
rem program; 2 when something on this machine is missing, 1 when the build fails.
rem
rem   TRAMONTANE_JAVA_HOME   the JDK to use, before JAVA_HOME and PATH
rem   TRAMONTANE_JAVA_OPTS   more flags for the JVM, such as -Xmx2g
setlocal EnableExtensions DisableDelayedExpansion

set "root=%~dp0"
set "root=%root:~0,-1%"
rem The trainer is a program of its own: what it needs is never on the path of one that answers.
set "module=cli"
set "main=dev.tramontane.cli.Main"
if "%~1"=="train" (
    set "module=train"
    set "main=dev.tramontane.train.command.TrainMain"
)
set "lib=%root%\%module%\target\lib"
set "jar=%lib%\tramontane-%module%-0.1.0-SNAPSHOT.jar"
set "cache=%root%\cli\target\tramontane.aot"
set "log=%root%\%module%\target\build.log"

set "java_home="
if defined TRAMONTANE_JAVA_HOME call :try "%TRAMONTANE_JAVA_HOME%"
if not defined java_home if defined JAVA_HOME call :try "%JAVA_HOME%"
if not defined java_home for /f "delims=" %%j in ('where javac 2^>nul') do call :try_bin "%%~dpj."
if not defined java_home for /d %%d in ("%ProgramFiles%\Eclipse Adoptium\jdk-*" "%ProgramFiles%\Java\jdk-*" "%ProgramFiles%\Microsoft\jdk-*" "%ProgramFiles%\Zulu\zulu-*" "%USERPROFILE%\.jdks\*") do call :try "%%~d"
if not defined java_home (
    echo tramontane: no JDK 25 or newer on this machine 1>&2
    echo Get one from https://adoptium.net; if it lies in an unusual place, set TRAMONTANE_JAVA_HOME to its folder. 1>&2
    exit /b 2
)

call :stale
if errorlevel 1 (
    call :build
    if errorlevel 2 exit /b 2
    if errorlevel 1 exit /b 1
)
if "%module%"=="train" goto train
if not exist "%cache%" (
    echo Preparing quick starts... 1>&2
    "%java_home%\bin\java" "@%root%\cli\jvm.options" -XX:AOTCacheOutput="%cache%" -cp "%lib%\*" dev.tramontane.cli.Main run --model nano --kernels vector --max-tokens 24 --seed 1 --verbose hello >"%log%" 2>&1 <nul
)
"%java_home%\bin\java" "@%root%\cli\jvm.options" -XX:AOTCache="%cache%" %TRAMONTANE_JAVA_OPTS% -cp "%lib%\*" %main% %*
exit /b %errorlevel%

rem The arguments behind the word train, quoted as they were; shift leaves %* as it is.
:train
set "words="
:next
shift
set words=%words% %1
if not "%~1"=="" goto next
"%java_home%\bin\java" "@%root%\cli\jvm.options" %TRAMONTANE_JAVA_OPTS% -cp "%lib%\*" %main% %words%
exit /b %errorlevel%

rem Takes folder %1 as java_home if it holds a JDK that is new enough: its release file says.
:try
if defined java_home exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
for /f "usebackq tokens=2 delims==." %%v in (`findstr /b "JAVA_VERSION=" "%~1\release"`) do call :check %%v "%~1"
exit /b 0

:check
set "version=%~1"
set "version=%version:"=%"
if %version% geq 25 set "java_home=%~2"
exit /b 0

:try_bin
for %%d in ("%~1\..") do call :try "%%~fd"
exit /b 0

rem Error level 1 when there is no program, or something it is made of is newer.
:stale
if not exist "%jar%" exit /b 1
powershell -NoProfile -Command "$built = (Get-Item '%jar%').LastWriteTime; $parts = 'pom.xml', 'engine\pom.xml', 'nano\pom.xml', 'terminal\pom.xml', 'wire\pom.xml', 'tools\pom.xml', 'eval\pom.xml', 'server\pom.xml', 'ui', '%module%\pom.xml', 'engine\src\main', 'nano\src\main', 'terminal\src\main', 'wire\src\main', 'tools\src\main', 'eval\src\main', 'server\src\main', '%module%\src\main' | ForEach-Object { Join-Path '%root%' $_ }; if (Get-ChildItem $parts -Recurse -File | Where-Object LastWriteTime -gt $built | Select-Object -First 1) { exit 1 }"
exit /b %errorlevel%

:build
where mvn >nul 2>nul || (
    echo tramontane: the program is not built yet, and Maven, which builds it, is not on the PATH: get mvn 3.8 or newer from https://maven.apache.org/download.cgi 1>&2
    exit /b 2
)
if not exist "%root%\%module%\target" mkdir "%root%\%module%\target"
if "%module%"=="cli" if exist "%cache%" del "%cache%"
echo Building Tramontane, once; this takes a minute or two... 1>&2
set "JAVA_HOME=%java_home%"
call mvn -q -B -f "%root%\pom.xml" -pl %module% -am -Dmaven.test.skip=true -Dexec.skip package >"%log%" 2>&1
if errorlevel 1 (
    findstr /b /c:"[ERROR]" "%log%" 1>&2
    echo tramontane: the build failed; all of its output is in %log% 1>&2
    exit /b 1
)
copy /b "%jar%"+,, "%jar%" >nul
exit /b 0
