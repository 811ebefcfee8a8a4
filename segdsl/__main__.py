"""`python -m segdsl`"""

from segdsl.cli.main import main

main(prog_name="segdsl")
