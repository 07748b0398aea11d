*** Comments ***
Runs one firmware on a platform of this folder and compares its records with expected ones, byte by byte:
    renode-test renode/firmware.robot --variable PLATFORM:… --variable FOLDER:…
FOLDER holds firmware.elf, input.bin and expected.bin; test/simulate/renode.test.ts makes them.

*** Settings ***
Library    OperatingSystem

*** Test Cases ***
Firmware Should Give The Expected Records
    Execute Command    mach create
    Execute Command    machine LoadPlatformDescription @${PLATFORM}
    Execute Command    sysbus LoadELF @${FOLDER}/firmware.elf
    Execute Command    sysbus LoadBinary @${FOLDER}/input.bin 0x60000000
    Execute Command    sysbus.usart1 CreateFileBackend @${FOLDER}/records.bin true
    Execute Command    emulation RunFor "00:00:01"
    ${records}=        Get Binary File    ${FOLDER}/records.bin
    ${expected}=       Get Binary File    ${FOLDER}/expected.bin
    Should Be Equal    ${records}    ${expected}
